-- Figures: SVG files, inlined as data URIs in HTML (with their dark twin, if there is one), images with alt text in typst.

local typst = FORMAT:match("typst") ~= nil

local function read(path)
  local file = io.open(path, "rb")
  if not file then
    return nil
  end
  local text = file:read("a")
  file:close()
  return text
end

-- Path data without the blanks that a data URI would spend three bytes on.
local function shorten_path(data)
  return ' d="' .. data:gsub("%s*([A-Za-z])%s*", "%1"):gsub("^%s+", ""):gsub("%s+$", ""):gsub("%s+", ",") .. '"'
end

local function data_uri(svg)
  svg = svg:gsub("^.-(<svg)", "%1", 1):gsub("<!%-%-.-%-%->", ""):gsub("<metadata>.-</metadata>", "")
  svg = svg:gsub(' d="([^"]*)"', shorten_path):gsub(">%s+<", "><"):gsub("%s+", " ")
  svg = svg:gsub("'", "%%27"):gsub('"', "'")
  svg = svg:gsub("[^%w%-%.,:;=/'()_!*%%]", function(char)
    return string.format("%%%02X", char:byte())
  end)
  return "data:image/svg+xml," .. svg
end

-- Braces are written as numbers, so that Quarto finds no shortcode in the raw text.
local function attribute(text)
  return (text:gsub("&", "&amp;"):gsub('"', "&quot;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub("{", "&#123;"))
end

local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("{", "\\u{7b}") .. '"'
end

local function picture(image, svg, alt)
  local dark = read((image.src:gsub("%.svg$", ".dark.svg")))
  local html = '<img src="' .. data_uri(svg) .. '" alt="' .. attribute(alt) .. '"/>'
  if not dark then
    return "<picture>" .. html .. "</picture>"
  end
  return '<picture class="twin"><source media="(prefers-color-scheme: dark)" srcset="'
    .. data_uri(dark) .. '"/>' .. html .. "</picture>"
end

local function figure(image, caption)
  if not image.src:match("%.svg$") then
    error("figure " .. image.src .. ": expected an SVG file (.svg)")
  end
  local svg = read(image.src)
  if not svg then
    error("figure " .. image.src .. ": file not found beside the page")
  end
  local alt = image.attributes.alt or image.attributes["fig-alt"] or pandoc.utils.stringify(image.caption)
  if alt == "" then
    alt = pandoc.utils.stringify(caption)
  end
  if typst then
    local inlines = pandoc.List({
      pandoc.RawInline("typst", "#picture(" .. quoted(image.src) .. ", alt: " .. quoted(alt) .. ", caption: ["),
    })
    inlines:extend(caption)
    inlines:insert(pandoc.RawInline("typst", "])"))
    return pandoc.Plain(inlines)
  end
  return {
    pandoc.RawBlock("html", '<figure class="image">' .. picture(image, svg, alt) .. "<figcaption>"),
    pandoc.Plain(caption),
    pandoc.RawBlock("html", "</figcaption></figure>"),
  }
end

function Figure(fig)
  local image
  fig:walk({
    Image = function(found)
      image = found
    end,
  })
  return image and figure(image, pandoc.utils.blocks_to_inlines(fig.caption.long))
end

-- An image alone in its paragraph without a caption.
function Para(para)
  if #para.content == 1 and para.content[1].t == "Image" then
    return figure(para.content[1], para.content[1].caption)
  end
end
