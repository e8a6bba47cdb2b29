// DynamoDB Streams: the changes of tables that have a stream, readable for 24 hours.
//
//   streams::Service streams(options);            // the tables' change sink
//   dynamodb::Create({.changes = &streams, ...});
//   streams.Attach(tables);                       // from here on it answers
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service.h"
#include "base/clock.h"
#include "interfaces/change_sink.h"
#include "streams/record_store.h"
#include "streams/stream_name.h"

namespace offstage::streams {

struct Options {
  Account account;
  // Outlives the service.
  const Clock* clock = nullptr;
};

// What a stream is like now.
struct StreamState {
  StreamDescription description;
  // Switched off, or its table is gone: nothing will be added.
  bool disabled = false;

  StreamName name() const { return {description.table, description.label}; }
};

// Thread-safe once attached.
class Service : public aws::JsonService, public ChangeSink {
 public:
  explicit Service(Options options) : options_(std::move(options)) {}

  // `directory` outlives every call of Execute. Fails when its database cannot be opened.
  Status Attach(const StreamDirectory& directory);

  Status Append(sqlite::Database& database, const ItemChange& change) override;

  aws::Outcome<std::string> Execute(const aws::Call& call, aws::CallFacts& facts) override;
  bool SendsCrc32() const override { return true; }
  std::string_view ErrorTypePrefix(std::string_view error_type) const override;
  std::string_view ContentType() const override { return "application/x-amz-json-1.0"; }
  // An operation by name with a JSON request, as a client would run it.
  aws::Outcome<std::string> Run(std::string_view operation, std::string_view request);

  // What operations see.
  const Account& account() const { return options_.account; }
  RecordStore& records() { return records_; }
  std::int64_t NowMillis() const { return ToEpochMillis(options_.clock->Now()); }
  // All that can be read, in order of table and label.
  aws::Outcome<std::vector<StreamState>> Streams();
  // ResourceNotFoundException: "Requested resource not found: Stream: ARN not found".
  aws::Outcome<StreamState> FindStream(const std::string& arn);

 private:
  const Options options_;
  const StreamDirectory* directory_ = nullptr;
  RecordStore records_;
};

}  // namespace offstage::streams
