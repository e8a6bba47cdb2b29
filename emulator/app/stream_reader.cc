#include "app/stream_reader.h"

#include "streams/operations.h"
#include "streams/stream_name.h"

namespace offstage::app {

Result<events::StreamPage> StreamReader::Read(const std::string& table, std::int64_t after,
                                              int limit) {
  events::StreamPage page;
  for (const StreamDescription& stream : directory_.Streams()) {
    if (stream.table != table) continue;
    const streams::StreamName name{stream.table, stream.label};
    page.arn = streams::ArnOf(name, streams_.account());
    page.shard = streams::ShardIdOf(name);
    OFFSTAGE_TRY(const auto records, streams_.records().Read(name, {.after = after, .limit = limit},
                                                             streams_.NowMillis()));
    for (const streams::Record& record : records) {
      page.records.push_back({.position = record.position,
                              .sequence_number = streams::SequenceNumber(record.position),
                              .created_ms = record.created_ms,
                              .json = streams::FunctionRecord(record, streams_, name)});
    }
  }
  return page;
}

}  // namespace offstage::app
