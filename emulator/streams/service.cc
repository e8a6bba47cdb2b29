#include "streams/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "streams/operations.h"
#include "streams/requests.h"

namespace offstage::streams {

Status Service::Attach(const StreamDirectory& directory) {
  OFFSTAGE_TRY_VOID(records_.Open(directory.StreamDatabase()));
  directory_ = &directory;
  return Ok();
}

Status Service::Append(sqlite::Database& database, const ItemChange& change) {
  return records_.Append(database, change, NowMillis());
}

aws::Outcome<std::string> Service::Execute(const aws::Call& call, aws::CallFacts&) {
  return Run(call.operation, call.body);
}

aws::Outcome<std::string> Service::Run(std::string_view operation, std::string_view request) {
  const Operation* found = FindOperation(operation);
  if (found == nullptr) {
    return Fail(aws::ApiError{.type = "UnknownOperationException", .message = ""});
  }
  OFFSTAGE_TRY(const Json parsed, ParseRequest(request, found->members));
  return found->run(*this, parsed);
}

std::string_view Service::ErrorTypePrefix(std::string_view error_type) const {
  if (error_type == "SerializationException" || error_type == "UnknownOperationException")
    return "com.amazon.coral.service#";
  if (error_type == "ValidationException") return "com.amazon.coral.validate#";
  return "com.amazonaws.dynamodb.v20120810#";
}

aws::Outcome<std::vector<StreamState>> Service::Streams() {
  std::vector<StreamState> out;
  for (StreamDescription& stream : directory_->Streams())
    out.push_back({.description = std::move(stream), .disabled = false});
  OFFSTAGE_TRY_INTERNAL(std::vector<StreamDescription> recorded,
                        records_.StreamsWithRecords(NowMillis()));
  const std::size_t live = out.size();
  for (StreamDescription& stream : recorded) {
    const bool known = std::any_of(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(live),
                                   [&stream](const StreamState& state) {
                                     return state.description.table == stream.table &&
                                            state.description.label == stream.label;
                                   });
    if (!known) out.push_back({.description = std::move(stream), .disabled = true});
  }
  std::sort(out.begin(), out.end(), [](const StreamState& a, const StreamState& b) {
    return std::tie(a.description.table, a.description.label) <
           std::tie(b.description.table, b.description.label);
  });
  return out;
}

aws::Outcome<StreamState> Service::FindStream(const std::string& arn) {
  OFFSTAGE_TRY(std::vector<StreamState> streams, Streams());
  for (StreamState& stream : streams) {
    if (ArnOf(stream.name(), account()) == arn) return std::move(stream);
  }
  return Fail(NotFound(fmt::format("Requested resource not found: Stream: {} not found", arn)));
}

}  // namespace offstage::streams
