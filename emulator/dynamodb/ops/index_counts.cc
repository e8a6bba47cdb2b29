#include "dynamodb/ops/index_counts.h"

#include "dynamodb/ops/capacity.h"
#include "dynamodb/store/index_rows.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {

namespace {

constexpr std::int64_t kWeighedItems = 1000;

std::int64_t BytesIn(const Table& table, const Index& index, const Cursor& cursor) {
  if (index.definition.projection == ProjectionType::kAll) return cursor.size();
  return static_cast<std::int64_t>(SizeOf(Projected(table, index, ParseStoredItem(cursor.text()))));
}

}  // namespace

Result<CountDelta> CountIndex(Engine& engine, const Table& table, const Index& index) {
  CountDelta count;
  OFFSTAGE_TRY(Store::Reader reader, engine.store().Read());
  {
    const ScanRange everything;
    OFFSTAGE_TRY(Cursor cursor, reader->Scan(table, &index, everything));
    while (count.items < kWeighedItems) {
      OFFSTAGE_TRY(const bool more, cursor.Next());
      if (!more) return count;
      ++count.items;
      count.bytes += BytesIn(table, index, cursor);
    }
  }
  OFFSTAGE_TRY(const std::int64_t rows, CountIndexRows(reader->connection().database(), index.id));
  count.bytes = count.bytes * rows / count.items;
  count.items = rows;
  return count;
}

}  // namespace offstage::dynamodb
