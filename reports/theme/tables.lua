-- Tables: numbers and captions as written in the page, never a prefix or a width of the renderer's own. They are
-- written out here, whole: walking through hundreds of cells is a third of Quarto's work on a page.

local typst = FORMAT:match("typst") ~= nil

local function display_width(inlines)
  local width = 0
  for _, code in utf8.codes(pandoc.utils.stringify(inlines)) do
    width = width + (code < 0x2E80 and 0.55 or 1)
  end
  return width
end

local function each_row(tbl, visit)
  for _, row in ipairs(tbl.head.rows) do
    visit(row)
  end
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      visit(row)
    end
  end
end

local alignments = { AlignLeft = "left", AlignRight = "right", AlignCenter = "center", AlignDefault = "left" }

-- Widths by content while it fits on the page; where it does not, text columns share what the numbers leave.
local function column_tracks(tbl)
  local widths, total = {}, 0
  for i = 1, #tbl.colspecs do
    widths[i] = 2
  end
  each_row(tbl, function(row)
    for i, cell in ipairs(row.cells) do
      widths[i] = math.max(widths[i], display_width(cell.contents))
    end
  end)
  for _, width in ipairs(widths) do
    total = total + width + 1.6
  end
  local tracks = {}
  for i, spec in ipairs(tbl.colspecs) do
    if total > 50 and spec[1] == "AlignRight" then
      tracks[i] = "auto"
    else
      tracks[i] = string.format("%.2ffr", math.min(widths[i], 40) + 1.6)
    end
  end
  return "(" .. table.concat(tracks, ", ") .. ",)"
end

local function written(blocks, format)
  return pandoc.RawBlock(format, pandoc.write(pandoc.Pandoc(blocks), format, { wrap_text = "none" }))
end

local function typst_table(tbl, caption)
  local inlines = pandoc.List({})
  local function raw(text)
    inlines:insert(pandoc.RawInline("typst", text))
  end
  local function cells(row)
    for _, cell in ipairs(row.cells) do
      raw("[")
      inlines:extend(pandoc.utils.blocks_to_inlines(cell.contents))
      raw("], ")
    end
  end
  local aligns = {}
  for i, spec in ipairs(tbl.colspecs) do
    aligns[i] = alignments[spec[1]]
  end
  raw("#data-table(columns: " .. column_tracks(tbl) .. ", aligns: (" .. table.concat(aligns, ", ") .. ",), caption: [")
  inlines:extend(caption)
  raw("], header: (")
  for _, row in ipairs(tbl.head.rows) do
    cells(row)
  end
  raw("),\n")
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      cells(row)
      raw("\n")
    end
  end
  raw(")")
  return written({ pandoc.Plain(inlines) }, "typst")
end

local function html_table(tbl, caption)
  local blocks = pandoc.List({ pandoc.RawBlock("html", '<figure class="table">') })
  if #caption > 0 then
    blocks:insert(pandoc.RawBlock("html", "<figcaption>"))
    blocks:insert(pandoc.Plain(caption))
    blocks:insert(pandoc.RawBlock("html", "</figcaption>"))
  end
  blocks:insert(pandoc.RawBlock("html", '<div class="scroll" role="group" tabindex="0">'))
  blocks:insert(tbl)
  blocks:insert(pandoc.RawBlock("html", "</div></figure>"))
  return written(blocks, "html")
end

function Table(tbl)
  local caption = pandoc.utils.blocks_to_inlines(tbl.caption.long)
  if typst then
    return typst_table(tbl, caption)
  end
  tbl.caption = { long = {} }
  for i, spec in ipairs(tbl.colspecs) do
    tbl.colspecs[i] = { spec[1], nil }
  end
  return html_table(tbl, caption)
end
