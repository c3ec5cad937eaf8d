-- Tables: numbers and captions as written in the page, never a prefix or a width of the renderer's own. They are
-- written out here, whole: walking through hundreds of cells is a third of Quarto's work on a page.

local typst = FORMAT:match("typst") ~= nil
local word = FORMAT:match("docx") ~= nil

-- Width of a text in em, and of the longest part of it that is never broken: a word, or one Chinese character.
local function display_width(inlines)
  local width, word, longest = 0, 0, 0
  for _, code in utf8.codes(pandoc.utils.stringify(inlines)) do
    local size = (code == 0x2060 or code == 0x200B) and 0 or (code == 0x25 or code == 0x2030) and 1 or code < 0x2E80 and 0.56 or 1
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

-- em that a page is wide, at each size of the type; beyond the comfortable ones only what fits in no other way.
local SIZES = word and { { "Table Text", 49 }, { "Small Table Text", 59 } }
  or { { "8.5pt", 58 }, { "8pt", 61.6 }, { "7.5pt", 65.7 }, { "7.2pt", 68.5 }, { "6.8pt", 72.5 } }
local COMFORTABLE = word and 1 or 2
-- Points of a page that a table may take and still be kept on one, as is one of a head and few rows; a row has an inset above and below.
local KEPT, FEW, ROW_INSET, LINE = 170, 5, 7.2, 1.3
-- A column has an inset on both sides.
local INSET, NAME, HEAD, CHIP, LONG, BOLD = 1, 6, 4.5, 1.2, 12, 1.05

-- A verdict in a frame is not wrapped. In typst it is already written out, by blocks.lua.
local function has_frame(cell)
  local found = false
  cell.contents:walk({
    Span = function(span)
      found = found or span.classes:includes("verdict") and not span.classes:includes("unclear")
    end,
    RawInline = function(raw)
      found = found or raw.text:find('"verdict"', 1, true) ~= nil and not raw.text:find('"unclear"', 1, true)
    end,
  })
  return found
end

-- The longer line of a head of two lines, which is broken before its bracket if it has one.
local function half_of_head(cell, width)
  local before, bracket = pandoc.utils.stringify(cell.contents):match("^(.-)(（.*)$")
  if not before then
    return width / 2 + 0.6
  end
  return math.max(display_width({ pandoc.Str(before) }), (display_width({ pandoc.Str(bracket) }))) * BOLD
end

-- What each column needs (numbers and frames on one line, words whole, short names whole), and what it takes to wrap
-- nothing but headings and long texts.
local function column_wishes(tbl)
  local needs, wishes = {}, {}
  for i = 1, #tbl.colspecs do
    needs[i], wishes[i] = 1, 1
  end
  each_row(tbl, function(row, is_head)
    for i, cell in ipairs(row.cells) do
      local width, longest = display_width(cell.contents)
      local need, wish = math.max(longest, math.min(width, NAME)), math.min(width, math.max(LONG, width / 2 + 1))
      if is_head then
        width = width * BOLD
        need = math.max(longest * BOLD, math.min(width, HEAD))
        need = math.max(need, math.min(width, half_of_head(cell, width))) -- two lines, never three
        wish = math.max(need, width <= NAME + 1 and width or width / 2 + 0.6)
      elseif has_frame(cell) then
        need, wish = width + CHIP, width + CHIP
      elseif tbl.colspecs[i][1] == "AlignRight" then
        need, wish = width, width
      end
      needs[i] = math.max(needs[i], need * 1.03)
      wishes[i] = math.max(wishes[i], wish * 1.03)
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

-- Whether a table is kept on one page: by the lines that its cells need in columns so wide.
local function is_kept(tbl, widths, size)
  local points, height = tonumber(size:match("^[%d.]+")) or 8.5, 0
  local rows = 0
  each_row(tbl, function(row)
    local most = 1
    for i, cell in ipairs(row.cells) do
      local lines = math.ceil(display_width(cell.contents) / (widths[i] - INSET))
      cell.contents:walk({
        LineBreak = function()
          lines = lines + 1
        end,
      })
      most = math.max(most, lines)
    end
    height, rows = height + ROW_INSET + most * points * LINE, rows + 1
  end)
  return height <= KEPT or rows <= FEW
end

-- The largest type that grants all wishes; else the first of the small ones at which all have what they need.
local function size_for(needed, wished)
  for i, each in ipairs(SIZES) do
    if wished <= each[2] and i <= COMFORTABLE or needed <= each[2] and i >= COMFORTABLE then
      return table.unpack(each)
    end
  end
  return table.unpack(SIZES[#SIZES])
end

-- The width of each column in em, and the size of the type.
local function column_widths(tbl)
  local needs, wishes = column_wishes(tbl)
  local needed, wished = sum(needs), sum(wishes)
  local size, page = size_for(needed, wished)
  local share = wished > needed and math.max(0, math.min(1, (page - needed) / (wished - needed))) or 0
  local widths = {}
  for i, need in ipairs(needs) do
    widths[i] = need + (math.max(wishes[i], need) - need) * share + INSET
    if needed > page then -- it fits in no way: what a column gets is what typst makes of its share
      widths[i] = widths[i] * page / needed
    end
  end
  return widths, size
end

-- Where a Chinese head of two lines is broken: before its bracket, else in the middle; a character alone on the second
-- line is what a renderer would make of it. English heads break at their blanks.
local NEVER_FIRST, NEVER_LAST = "）：，、％%‰", "（"

local function head_break(text, room)
  local characters, before, best, least = {}, {}, nil, nil
  local width = 0
  for _, code in utf8.codes(text) do
    table.insert(characters, utf8.char(code))
    table.insert(before, width)
    width = width + display_width({ pandoc.Str(utf8.char(code)) })
  end
  if width * BOLD <= room then
    return nil
  end
  for i = 2, #characters do
    local left, right = utf8.codepoint(characters[i - 1]), utf8.codepoint(characters[i])
    local is_free = (left >= 0x2E80 or right >= 0x2E80)
      and not NEVER_FIRST:find(characters[i], 1, true)
      and characters[i - 1] ~= NEVER_LAST
      and left ~= 0x2060
      and right ~= 0x2060
    local longer = math.max(before[i], width - before[i])
    longer = longer - (characters[i] == "（" and longer * BOLD <= room and 4 or 0)
    if is_free and (not least or longer < least) then
      best, least = i, longer
    end
  end
  return best and utf8.offset(text, best)
end

-- Nothing but words: the mark of a year or of a filter would be lost.
local function is_plain(blocks)
  if #blocks ~= 1 or not blocks[1].content then
    return false
  end
  for _, inline in ipairs(blocks[1].content) do
    if inline.t ~= "Str" and inline.t ~= "Space" then
      return false
    end
  end
  return true
end

-- The widths of columns whose shares the page has set (overview.lua).
local function widths_of(tracks, size)
  local shares, total, page = {}, 0, SIZES[1][2]
  for share in tracks:gmatch("([%d.]+)fr") do
    table.insert(shares, tonumber(share))
    total = total + shares[#shares]
  end
  for _, each in ipairs(SIZES) do
    page = each[1] == size and each[2] or page
  end
  for i, share in ipairs(shares) do
    shares[i] = share / total * page
  end
  return shares
end

local function break_heads(tbl, widths)
  for _, row in ipairs(tbl.head.rows) do
    for i, cell in ipairs(row.cells) do
      local text = pandoc.utils.stringify(cell.contents)
      local at = text:find("[\xE3-\xEF]") and head_break(text, widths[i] - INSET)
      if at and is_plain(cell.contents) then
        local first, second = text:sub(1, at - 1):gsub("%s+$", ""), text:sub(at):gsub("^%s+", "")
        cell.contents = pandoc.Blocks({ pandoc.Plain({ pandoc.Str(first), pandoc.LineBreak(), pandoc.Str(second) }) })
      end
    end
  end
end

-- How many decimals the last number of a cell has; nil without a number at its end.
local function decimals(text)
  local fraction = text:match("%d%.(%d+)[%%‰]*$")
  return fraction and #fraction or text:match("%d[%%‰]*$") and 0 or nil
end

-- Room for decimals that are not shown. In Word it is spaces as wide as a point and as a digit: hidden letters take no
-- room there, and white ones would come back when they are copied.
local function room_for(lacking)
  if typst then
    return pandoc.RawInline("typst", "#hide[" .. lacking .. "]")
  end
  if word then
    return pandoc.Str((lacking:gsub("%.", "\u{2008}"):gsub("0", "\u{2007}")))
  end
  return pandoc.RawInline("html", '<span class="lacking" data-decimals="' .. lacking .. '"></span>')
end

-- Numbers of a column stand with their points below each other, though some have fewer decimals.
local function align_points(tbl)
  for i, spec in ipairs(tbl.colspecs) do
    local most, fewest = 0, 9
    local found = {}
    for _, body in ipairs(spec[1] == "AlignRight" and tbl.bodies or {}) do
      for _, row in ipairs(body.body) do
        local cell = row.cells[i]
        local number = decimals(pandoc.utils.stringify(cell.contents))
        if number then
          table.insert(found, { cell, number })
          most, fewest = math.max(most, number), math.min(fewest, number)
        end
      end
    end
    for _, each in ipairs(most > fewest and found or {}) do
      local cell, number = table.unpack(each)
      local lacking = (number == 0 and "." or "") .. ("0"):rep(most - number)
      if number < most and #cell.contents == 1 and cell.contents[1].content then
        cell.contents[1].content:insert(room_for(lacking))
      end
    end
  end
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

-- theme.typ sets a verdict in a cell without the room that it has on a card.
local function in_table(inline)
  if inline.text:find('"verdict"', 1, true) then
    return pandoc.RawInline("typst", (inline.text:gsub('"verdict"', '"cell-verdict"')))
  end
end

local function typst_table(tbl, caption)
  local inlines = pandoc.List({})
  local function raw(text)
    inlines:insert(pandoc.RawInline("typst", text))
  end
  local function cells(row)
    for _, cell in ipairs(row.cells) do
      raw("[")
      inlines:extend(pandoc.utils.blocks_to_inlines(cell.contents:walk({ RawInline = in_table })))
      raw("], ")
    end
  end
  local aligns = {}
  for i, spec in ipairs(tbl.colspecs) do
    aligns[i] = alignments[spec[1]]
  end
  local widths, size = column_widths(tbl)
  break_heads(tbl, tbl.attributes.tracks and widths_of(tbl.attributes.tracks, size) or widths)
  align_points(tbl)
  local tracks = tbl.attributes.tracks or column_tracks(widths) -- overview.lua sets those of the table of areas
  raw("#data-table(size: " .. size .. ", columns: " .. tracks .. ", aligns: (" .. table.concat(aligns, ", ") .. ",), caption: [")
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
  align_points(tbl)
  local blocks = pandoc.List({ pandoc.RawBlock("html", '<figure class="table">') })
  if #caption > 0 then
    blocks:insert(pandoc.RawBlock("html", "<figcaption>"))
    blocks:insert(pandoc.Plain(caption))
    blocks:insert(pandoc.RawBlock("html", "</figcaption>"))
  end
  blocks:insert(pandoc.RawBlock("html", '<div class="scroll" role="group" tabindex="0">'))
  blocks:insert(tbl)
  blocks:insert(pandoc.RawBlock("html", "</div></figure>"))
  local table = written(blocks, "html")
  table.text = table.text:gsub('<(t[dh]) style="text%-align: right;">', '<%1 class="number">')
  return table
end

-- Word gets a table of its own, as wide as the page; a short one is kept on one page, row by row.
local function word_table(tbl)
  align_points(tbl)
  local widths, size = column_widths(tbl)
  break_heads(tbl, widths)
  local total, rows, is_short = 0, 0, is_kept(tbl, widths, size)
  for _, width in ipairs(widths) do
    total = total + width
  end
  for i, spec in ipairs(tbl.colspecs) do
    tbl.colspecs[i] = { spec[1], math.floor(widths[i] / total * 1000) / 1000 }
  end
  each_row(tbl, function()
    rows = rows + 1
  end)
  local row_number = 0
  each_row(tbl, function(row, is_head)
    row_number = row_number + 1
    local is_bound = is_head or (is_short and row_number < rows)
    for _, cell in ipairs(row.cells) do
      local inlines = pandoc.utils.blocks_to_inlines(cell.contents)
      if #inlines == 0 then
        inlines = { pandoc.Str("\u{a0}") } -- else the cell would be as high as a line of the body
      end
      if is_head then
        inlines = { pandoc.Span(inlines, pandoc.Attr("", {}, { ["custom-style"] = "Table Heading" })) }
      end
      local style = is_bound and size .. " Kept" or size
      cell.contents = { pandoc.Div({ pandoc.Para(inlines) }, pandoc.Attr("", {}, { ["custom-style"] = style })) }
    end
  end)
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
