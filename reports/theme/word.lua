-- Word: blocks and spans become paragraphs and characters of named styles, so that who edits the document can change
-- them all at once; key figures become a table; figures are PNG, for older versions of Word know no SVG.

local word = FORMAT:match("docx") ~= nil

local block_styles = {
  notice = "Notice",
  lead = "Lead",
  finding = "Finding",
  note = "Note",
  provenance = "Provenance",
  ["author-note"] = "Author Note",
}
local span_styles = { value = "Figure Value", uncertain = "Quiet", withheld = "Quiet", small = "Quiet" }

local function styled(style, blocks)
  return pandoc.Div(blocks, pandoc.Attr("", {}, { ["custom-style"] = style }))
end

local function key_figures(div)
  local rows, columns = pandoc.List(), 0
  for _, card in ipairs(div.content) do
    if card.t ~= "Div" or not card.classes:includes("key-figure") then
      error("a .key-figures block holds .key-figure blocks only, found: " .. pandoc.utils.stringify(card))
    end
    local cells = pandoc.List()
    for _, block in ipairs(card.content) do
      cells:insert({ pandoc.Plain(block.content) })
    end
    columns = math.max(columns, #cells)
    rows:insert(cells)
  end
  local aligns, widths = {}, {}
  for i = 1, columns do
    aligns[i], widths[i] = pandoc.AlignLeft, 0
  end
  for _, cells in ipairs(rows) do
    while #cells < columns do
      cells:insert({})
    end
  end
  return pandoc.utils.from_simple_table(pandoc.SimpleTable({}, aligns, widths, {}, rows))
end

local function figure(image, caption)
  local alt = image.attributes.alt or image.attributes["fig-alt"] or pandoc.utils.stringify(image.caption)
  if alt == "" then
    alt = pandoc.utils.stringify(caption)
  end
  local source = image.src:gsub("%.svg$", ".png")
  local file = io.open(source, "rb")
  if not file then
    error("figure " .. source .. ": file not found beside the page")
  end
  file:close()
  local drawn = pandoc.Image({ pandoc.Str(alt) }, source, "", pandoc.Attr("", {}, { width = "100%" }))
  -- In a span, so that no other filter takes it for a figure of its own.
  return { styled("Figure", { pandoc.Para({ pandoc.Span({ drawn }) }) }), styled("Image Caption", { pandoc.Para(caption) }) }
end

local function listed(list)
  for _, item in ipairs(list.content) do
    for i, block in ipairs(item) do
      if block.t == "Plain" or block.t == "Para" then
        item[i] = styled("List Text", { pandoc.Para(block.content) })
      end
    end
  end
  return list
end

local rules = {
  traverse = "topdown",
  Div = function(div)
    if div.classes:includes("figure-data") or div.classes:includes("html-only") then
      return {}
    end
    if div.classes:includes("page-break") then
      return pandoc.RawBlock("openxml", '<w:p><w:r><w:br w:type="page"/></w:r></w:p>')
    end
    if div.classes:includes("key-figures") then
      return key_figures(div)
    end
    for class, style in pairs(block_styles) do
      if div.classes:includes(class) then
        return styled(style, div.content)
      end
    end
  end,
  Span = function(span)
    for class, style in pairs(span_styles) do
      if span.classes:includes(class) then
        return pandoc.Span(span.content, pandoc.Attr("", {}, { ["custom-style"] = style }))
      end
    end
  end,
  Header = function(header)
    header.level = math.max(1, header.level - 1)
    return header
  end,
  Figure = function(fig)
    local image
    fig:walk({
      Image = function(found)
        image = found
      end,
    })
    if image then
      return figure(image, pandoc.utils.blocks_to_inlines(fig.caption.long)), false
    end
  end,
  Para = function(para)
    if #para.content == 1 and para.content[1].t == "Image" then
      return figure(para.content[1], para.content[1].caption), false
    end
  end,
  BulletList = listed,
  OrderedList = listed,
}

function Pandoc(doc)
  if not word then
    return nil
  end
  doc.blocks = doc.blocks:walk(rules)
  if doc.meta.kicker and pandoc.utils.stringify(doc.meta.kicker) ~= "" then
    local kicker = pandoc.Para(pandoc.utils.stringify(doc.meta.kicker))
    doc.blocks:insert(1, styled("Kicker", { kicker }))
  end
  return doc
end
