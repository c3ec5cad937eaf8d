-- Figures: SVG files, which stand as they are in HTML (with their narrow twin for the phone, if there is one), and are
-- images with alternative text in typst. The values behind a figure (.figure-data) are folded away in HTML and left out elsewhere.

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

-- Braces are written as numbers, so that Quarto finds no shortcode in the raw text.
local function attribute(text)
  return (text:gsub("&", "&amp;"):gsub('"', "&quot;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub("{", "&#123;"))
end

local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("{", "\\u{7b}") .. '"'
end

-- What stands before the SVG itself goes; braces are written as numbers here too.
local function inline(svg)
  return (svg:gsub("^.-(<svg)", "%1", 1):gsub("<!%-%-.-%-%->", ""):gsub("{{", "&#123;&#123;"))
end

-- Two shapes, of which theme.css shows one; one picture to those who do not see it. An SVG of ours (class "drawn") has
-- colours that theme.css changes in the dark; any other stands on a light ground.
local function picture(image, svg, alt)
  local narrow = read((image.src:gsub("%.svg$", "-narrow.svg")))
  local class = svg:find('class="drawn"', 1, true) and "picture drawn" or "picture"
  local shapes = inline(svg)
  if narrow then
    class = class .. " in-two-shapes"
    shapes = shapes .. inline(narrow)
  end
  return '<div class="' .. class .. '" role="img" aria-label="' .. attribute(alt) .. '">' .. shapes .. "</div>"
end

-- Points from which a picture takes the whole width of a page: in less, its type would be too small.
local WIDE = 500

local function typst_picture(image, svg, alt, caption)
  local narrow = image.src:gsub("%.svg$", "-narrow.svg")
  local shapes = quoted(image.src) .. (read(narrow) and ", narrow: " .. quoted(narrow) or "")
  if (tonumber(svg:match('^<svg[^>]- width="([%d.]+)pt"')) or 0) > WIDE then
    shapes = shapes .. ", is-wide: true"
  end
  local inlines = pandoc.List({ pandoc.RawInline("typst", "#picture(" .. shapes .. ", alt: " .. quoted(alt) .. ", caption: [") })
  inlines:extend(caption)
  inlines:insert(pandoc.RawInline("typst", "])"))
  return pandoc.Plain(inlines)
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
    return typst_picture(image, svg, alt, caption)
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

-- Words and a picture in one block: in typst the words are an argument of the picture.
local function beside(div)
  local words, picture = pandoc.List(), nil
  for _, block in ipairs(div.content) do
    local first = block.t == "Plain" and block.content[1]
    if not picture and first and first.t == "RawInline" and first.text:match("^#picture%(") then
      picture = block
    else
      words:insert(block)
    end
  end
  if not picture then
    return words
  end
  local last = picture.content[#picture.content]
  last.text = last.text:gsub("%)$", ", words: [", 1)
  local blocks = pandoc.List({ picture })
  blocks:extend(words)
  blocks:insert(pandoc.RawBlock("typst", "])"))
  return blocks
end

-- The first page is an argument of the function that fits it; its pictures are as wide as the page.
local function first_page(div)
  local blocks = pandoc.List({ pandoc.RawBlock("typst", "#first-page[") })
  for _, block in ipairs(div.content) do
    local first = block.t == "Plain" and block.content[1]
    if first and first.t == "RawInline" then
      first.text = first.text:gsub("^#picture%(", "#whole-width(")
    end
    blocks:insert(block)
  end
  blocks:insert(pandoc.RawBlock("typst", "]"))
  return blocks
end

function Div(div)
  if typst and div.classes:includes("first-page") then
    return first_page(div)
  end
  if typst and div.classes:includes("beside") then
    return beside(div)
  end
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
