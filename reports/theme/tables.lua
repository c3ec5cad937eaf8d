-- Tables: numbers and captions as written in the page, never a prefix or a width of the renderer's own. They are
-- written out here, whole: walking through hundreds of cells is a third of Quarto's work on a page.

local typst = FORMAT:match("typst") ~= nil
local word = FORMAT:match("docx") ~= nil

-- Width of a text in em, and of the longest part of it that is never broken: a word, or one Chinese character.
local function display_width(inlines)
  local width, word, longest = 0, 0, 0
  for _, code in utf8.codes(pandoc.utils.stringify(inlines)) do
    local size = (code == 0x2060 or code == 0x200B) and 0 or code < 0x2E80 and 0.56 or 1
    if code == 0x20 then
      word = 0
    elseif code >= 0x2E80 then
      word = size
    else
      word = word + size
    end
    width, longest = width + size, math.max(longest, word)
  end
  return width, longest
end

local function each_row(tbl, visit)
  for _, row in ipairs(tbl.head.rows) do
    visit(row, true)
  end
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      visit(row, false)
    end
  end
end

local alignments = { AlignLeft = "left", AlignRight = "right", AlignCenter = "center", AlignDefault = "left" }

-- em that a page is wide, at the size of the type; a column has an inset on both sides.
local SIZES = { { "9pt", 52 }, { "8pt", 58.5 }, { "7.2pt", 65 } }
local INSET, NAME, HEAD = 1.25, 6, 3.5

-- What each column needs (numbers on one line, words whole, short names whole) and what it would like to have.
local function column_wishes(tbl)
  local needs, wishes = {}, {}
  for i = 1, #tbl.colspecs do
    needs[i], wishes[i] = 1, 1
  end
  each_row(tbl, function(row, is_head)
    for i, cell in ipairs(row.cells) do
      local width, longest = display_width(cell.contents)
      local is_number = tbl.colspecs[i][1] == "AlignRight"
      local need = math.max(longest, math.min(width, is_head and HEAD or NAME))
      if is_number and not is_head then
        need = width
      end
      needs[i] = math.max(needs[i], need * 1.03)
      wishes[i] = math.max(wishes[i], is_head and math.min(width, need * 1.6) or math.min(width, 40))
    end
  end)
  return needs, wishes
end

local function sum(numbers)
  local total = 0
  for _, number in ipairs(numbers) do
    total = total + number + INSET
  end
  return total
end

-- The width of each column in em, and the size of type at which all have what they need.
local function column_widths(tbl)
  local needs, wishes = column_wishes(tbl)
  local needed, wished = sum(needs), sum(wishes)
  local size, page
  for _, each in ipairs(SIZES) do
    size, page = each[1], each[2]
    if needed <= page then
      break
    end
  end
  local share = wished > needed and math.max(0, math.min(1, (page - needed) / (wished - needed))) or 0
  local widths = {}
  for i, need in ipairs(needs) do
    widths[i] = need + (math.max(wishes[i], need) - need) * share + INSET
  end
  return widths, size
end

local function column_tracks(widths)
  local tracks = {}
  for i, width in ipairs(widths) do
    tracks[i] = string.format("%.2ffr", width)
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
  local widths, size = column_widths(tbl)
  raw("#data-table(size: " .. size .. ", columns: " .. column_tracks(widths) .. ", aligns: (" .. table.concat(aligns, ", ") .. ",), caption: [")
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

-- Word gets a table of its own, as wide as the page.
local function word_table(tbl)
  local widths, total = column_widths(tbl), 0
  for _, width in ipairs(widths) do
    total = total + width
  end
  for i, spec in ipairs(tbl.colspecs) do
    tbl.colspecs[i] = { spec[1], math.floor(widths[i] / total * 1000) / 1000 }
  end
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do
      local heading = pandoc.Span(pandoc.utils.blocks_to_inlines(cell.contents))
      heading.attributes["custom-style"] = "Table Heading"
      cell.contents = { pandoc.Plain({ heading }) }
    end
  end
  return tbl
end

function Table(tbl)
  if word then
    return word_table(tbl)
  end
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
