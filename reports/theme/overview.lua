-- The overview: small trends and marks in table cells, a second line in a cell, links that paper cannot follow.

local html = FORMAT:match("html") ~= nil
local typst = FORMAT:match("typst") ~= nil

local FILLS = { nearly = "#e9eff5", partly = "#b9cde0", nothing = "#1f4e79" }

local function raw(text)
  return pandoc.RawInline("typst", text)
end

local function enclosed(before, inlines, after)
  local all = pandoc.List({ raw(before) })
  all:extend(inlines)
  all:insert(raw(after))
  return all
end

local function attribute(text)
  return (text:gsub("&", "&amp;"):gsub('"', "&quot;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub("{", "&#123;"))
end

local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("{", "\\u{7b}") .. '"'
end

local function read(path)
  local file = io.open(path, "rb")
  if not file then
    error("picture " .. path .. ": file not found beside the page")
  end
  local text = file:read("a")
  file:close()
  return text
end

-- In HTML the SVG itself, so that the style sheet colours it, dark or light; Word has the numbers beside it.
function Image(image)
  if not image.classes:includes("spark") then
    return nil
  end
  local alt = pandoc.utils.stringify(image.caption)
  if html then
    local label = '<svg role="img" aria-label="' .. attribute(alt):gsub("%%", "%%%%") .. '"'
    local svg = read(image.src):gsub(' fill[-a-z]*="[^"]*"', ""):gsub(' stroke[-a-z]*="[^"]*"', "")
    return pandoc.RawInline("html", (svg:gsub('^<svg xmlns="[^"]*"', label, 1)))
  end
  if typst then
    return raw("#box(baseline: 20%, image(" .. quoted(image.src) .. ", height: 10pt, alt: " .. quoted(alt) .. "))")
  end
  return {}
end

function Span(span)
  if html and span.classes:includes("full") then
    return span.content -- thousands of them
  end
  if span.classes:includes("files") and not html then
    return {}
  end
  if span.classes:includes("range") then
    if typst then
      return enclosed("#linebreak()#box(text(size: 7pt, fill: quiet)[", span.content, "])")
    end
    return not html and pandoc.List({ pandoc.LineBreak() }) .. span.content or nil
  end
  if typst and span.classes:includes("year") then
    return enclosed("#text(size: 7pt, weight: \"regular\", fill: quiet)[", span.content, "]#linebreak()")
  end
  if typst and span.classes:includes("cell") then
    for tone, fill in pairs(FILLS) do
      if span.classes:includes(tone) then
        local colour = tone == "nothing" and "white" or "text-colour"
        return enclosed(
          '#box(fill: rgb("' .. fill .. '"), inset: (x: 2.5pt), outset: (y: 2.5pt), text(fill: ' .. colour .. ")[",
          span.content,
          "])"
        )
      end
    end
    return enclosed("#text(fill: quiet)[", span.content, "]")
  end
end

-- On paper a report is linked as PDF, where there is one.
function Link(link)
  local pdf = link.attributes.pdf
  if not pdf then
    return nil
  end
  link.attributes.pdf = nil
  if typst then
    link.target = pdf
  end
  return link
end

-- Widths of the columns by what stands in them: area, verdict, area above, births, ratio, trend, growth, returns.
local SHARES = { "1.8fr", "1.8fr", "1.75fr", "1.7fr", "1.6fr", "2.4fr", "1.65fr", "1.5fr" }

local function set_widths(div)
  return div:walk({
    Table = function(tbl)
      local shares = {}
      for i, share in ipairs(SHARES) do
        if not (i == 3 and #tbl.colspecs < #SHARES) then
          table.insert(shares, share)
        end
      end
      tbl.attributes.tracks = "(" .. table.concat(shares, ", ") .. ",)"
      return tbl
    end,
  })
end

local function side_by_side(div)
  local blocks = pandoc.List({ pandoc.RawBlock("typst", "#grid(columns: (1fr,) * 4, gutter: 9pt,") })
  for _, item in ipairs(div.content[1].content) do
    blocks:insert(pandoc.RawBlock("typst", "["))
    blocks:extend(item)
    blocks:insert(pandoc.RawBlock("typst", "],"))
  end
  blocks:insert(pandoc.RawBlock("typst", ")"))
  return blocks
end

function Div(div)
  if typst and div.classes:includes("areas-table") then
    return set_widths(div)
  end
  if typst and div.classes:includes("reports-above") then
    return side_by_side(div)
  end
end

-- The line above the title links pages that lie beside this one: on paper it keeps the words alone.
function Meta(meta)
  if not html and meta.kicker and pandoc.utils.type(meta.kicker) == "Inlines" then
    meta.kicker = meta.kicker:walk({
      Link = function(link)
        return link.attributes.hreflang and {} or link.content
      end,
    })
    return meta
  end
end
