-- Figures: SVG files, inlined as data URIs in HTML (with their narrow twin for the phone, if there is one), images with
-- alt text in typst. The values behind a figure (.figure-data) are folded away in HTML and left out elsewhere.

local typst = FORMAT:match("typst") ~= nil
local html = FORMAT:match("html") ~= nil

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

-- Blanks may stay in a source, not in a set of sources.
local function data_uri(svg, blanks)
  svg = svg:gsub("^.-(<svg)", "%1", 1):gsub("<!%-%-.-%-%->", ""):gsub("<metadata>.-</metadata>", "")
  svg = svg:gsub(' d="([^"]*)"', shorten_path):gsub(">%s+<", "><"):gsub("%s+", " ")
  svg = svg:gsub("'", "%%27"):gsub('"', "'")
  svg = svg:gsub("[^%w%-%.,:;=/'()_!*%%]", function(char)
    return char == " " and blanks or string.format("%%%02X", char:byte())
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

-- The narrow one below the width at which the wide one's type gets too small; one image, so one alternative text.
-- An SVG of ours brings its own colours for the dark; any other stands on a light ground.
local function picture(image, svg, alt)
  local narrow = read((image.src:gsub("%.svg$", "-narrow.svg")))
  local class = svg:find("prefers%-color%-scheme") and ' class="own-colours"' or ""
  local source = narrow and '<source media="(max-width: 35em)" srcset="' .. data_uri(narrow) .. '"/>' or ""
  return "<picture" .. class .. ">" .. source .. '<img src="' .. data_uri(svg, " ") .. '" alt="' .. attribute(alt) .. '"/></picture>'
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

function Div(div)
  if not div.classes:includes("figure-data") then
    return nil
  end
  if not html then
    return {}
  end
  local summary = attribute(div.attributes.summary or "")
  local blocks = pandoc.List({
    pandoc.RawBlock("html", '<details class="figure-data"><summary>' .. summary .. "</summary>"),
  })
  blocks:extend(div.content)
  blocks:insert(pandoc.RawBlock("html", "</details>"))
  return blocks
end
