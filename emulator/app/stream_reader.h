// StreamReader: the streams of the deployment's own tables, for event source mappings.
#pragma once

#include "events/record_source.h"
#include "interfaces/change_sink.h"
#include "streams/service.h"

namespace offstage::app {

// Thread-safe. Both outlive this.
class StreamReader : public events::RecordSource {
 public:
  StreamReader(streams::Service& streams, const StreamDirectory& directory)
      : streams_(streams), directory_(directory) {}

  Result<events::StreamPage> Read(const std::string& table, std::int64_t after, int limit) override;
  Result<std::int64_t> Last() override { return streams_.records().LastPosition(); }

 private:
  streams::Service& streams_;
  const StreamDirectory& directory_;
};

}  // namespace offstage::app
