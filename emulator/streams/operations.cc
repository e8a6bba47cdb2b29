// A stream is one shard here, from its beginning to its end: the service closes shards after some
// hours and goes on in new ones.
#include "streams/operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace offstage::streams {

namespace {

constexpr std::chrono::milliseconds kIteratorLife =
    std::chrono::minutes(15);                        // AWS "expires 15 minutes after"
constexpr std::size_t kMaxReplyBytes = 1024 * 1024;  // AWS GetRecords
constexpr std::int64_t kMaxRecords = 1000;
constexpr std::int64_t kMinShardId = 28;  // AWS "ShardId" length

constexpr Member::Kind kInteger = Member::Kind::kInteger;

Member StreamArn() {
  return {.name = "StreamArn", .required = true, .min = 37, .max = 1024};
}

// What is no stream's ARN at all is told apart from streams that are not there.
aws::Outcome<Unit> CheckArn(std::string_view arn) {
  if (arn.starts_with("arn:") && arn.find("/stream/") != std::string_view::npos) return Ok();
  return Fail(ValidationError(fmt::format("Invalid StreamArn: {}", arn)));
}

// ---- ListStreams ------------------------------------------------------------------------------

aws::Outcome<std::string> ListStreams(Service& service, const Json& request) {
  OFFSTAGE_TRY(const std::vector<StreamState> streams, service.Streams());
  const std::string table = StringOf(request, "TableName");
  const std::string start = StringOf(request, "ExclusiveStartStreamArn");
  if (!start.empty()) OFFSTAGE_TRY_VOID(CheckArn(start));
  const auto limit = static_cast<std::size_t>(IntegerOf(request, "Limit", 100));
  Json list = Json::array();
  Json reply = Json::object();
  // The stream that a page ended with may be gone by now: the next page goes on behind its place.
  const bool known = std::ranges::any_of(streams, [&](const StreamState& stream) {
    return ArnOf(stream.name(), service.account()) == start;
  });
  bool started = start.empty();
  for (const StreamState& stream : streams) {
    const std::string arn = ArnOf(stream.name(), service.account());
    if (!started && known) {
      started = arn == start;
      continue;
    }
    if (!started && arn < start) continue;
    if (!table.empty() && stream.description.table != table) continue;
    if (list.size() == limit) {
      reply["LastEvaluatedStreamArn"] = list.back()["StreamArn"];
      break;
    }
    list.push_back({{"StreamArn", arn},
                    {"StreamLabel", stream.description.label},
                    {"TableName", stream.description.table}});
  }
  reply["Streams"] = std::move(list);
  return DumpJson(reply);
}

// ---- DescribeStream ---------------------------------------------------------------------------

Json KeySchema(const StreamDescription& stream) {
  Json schema = Json::array();
  schema.push_back({{"AttributeName", stream.partition_key}, {"KeyType", "HASH"}});
  if (!stream.sort_key.empty())
    schema.push_back({{"AttributeName", stream.sort_key}, {"KeyType", "RANGE"}});
  return schema;
}

// ShardFilter: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_ShardFilter.html
aws::Outcome<bool> WantsChildren(const Json& request) {
  const auto filter = request.find("ShardFilter");
  if (filter == request.end() || filter->is_null()) return false;
  if (!filter->is_object())
    return Fail(ValidationError("1 validation error detected: ShardFilter is not a structure"));
  const auto violates = [](std::string_view member, const std::string& shown,
                           std::string_view rule) {
    return Fail(
        ValidationError(fmt::format("1 validation error detected: Value {} at 'shardFilter.{}' "
                                    "failed to satisfy constraint: {}",
                                    shown, member, rule)));
  };
  const std::string type = StringOf(*filter, "Type");
  if (type.empty()) return violates("type", "null", "Member must not be null");
  if (type != "CHILD_SHARDS") {
    return violates("type", fmt::format("'{}'", type),
                    "Member must satisfy enum value set: [CHILD_SHARDS]");
  }
  const std::string shard = StringOf(*filter, "ShardId");
  if (shard.empty()) return violates("shardId", "null", "Member must not be null");
  if (static_cast<std::int64_t>(shard.size()) < kMinShardId) {
    return violates(
        "shardId", fmt::format("'{}'", shard),
        fmt::format("Member must have length greater than or equal to {}", kMinShardId));
  }
  return true;
}

aws::Outcome<std::string> DescribeStream(Service& service, const Json& request) {
  const std::string arn = StringOf(request, "StreamArn");
  OFFSTAGE_TRY_VOID(CheckArn(arn));
  OFFSTAGE_TRY(const StreamState stream, service.FindStream(arn));
  Json range = {{"StartingSequenceNumber", SequenceNumber(0)}};
  if (stream.disabled) {
    OFFSTAGE_TRY_INTERNAL(const std::int64_t last, service.records().LastPosition(stream.name()));
    range["EndingSequenceNumber"] = SequenceNumber(last);
  }
  Json shards = Json::array();
  const std::string shard = ShardIdOf(stream.name());
  OFFSTAGE_TRY(const bool wants_children, WantsChildren(request));
  // The one shard has no children, and none comes behind it.
  if (StringOf(request, "ExclusiveStartShardId") < shard && !wants_children)
    shards.push_back({{"ShardId", shard}, {"SequenceNumberRange", std::move(range)}});
  const double created = static_cast<double>(CreatedMillis(stream.description.label)) / 1000.0;
  return DumpJson(Json{{"StreamDescription",
                        {{"CreationRequestDateTime", created},
                         {"KeySchema", KeySchema(stream.description)},
                         {"Shards", std::move(shards)},
                         {"StreamArn", arn},
                         {"StreamLabel", stream.description.label},
                         {"StreamStatus", stream.disabled ? "DISABLED" : "ENABLED"},
                         {"StreamViewType", stream.description.view_type},
                         {"TableName", stream.description.table}}}});
}

// ---- GetShardIterator -------------------------------------------------------------------------

// The position before the one that the request names.
aws::Outcome<std::int64_t> NamedPosition(Service& service, const StreamState& stream,
                                         const Json& request) {
  const bool after = StringOf(request, "ShardIteratorType") == "AFTER_SEQUENCE_NUMBER";
  const std::string text = StringOf(request, "SequenceNumber");
  if (text.empty()) {
    return Fail(ValidationError(
        "Missing SequenceNumber: it is required for AT_SEQUENCE_NUMBER and AFTER_SEQUENCE_NUMBER"));
  }
  const auto position = ParseSequenceNumber(text);
  OFFSTAGE_TRY_INTERNAL(const std::int64_t last, service.records().LastPosition());
  if (!position || *position > last) return Fail(ValidationError("Invalid SequenceNumber"));
  if (*position == 0) return *position;
  if (!service.records().Has(stream.name(), *position, service.NowMillis())) {
    return Fail(aws::ApiError{
        .type = "TrimmedDataAccessException",
        .message = "The operation attempted to read past the oldest stream record in a shard."});
  }
  return after ? *position : *position - 1;
}

aws::Outcome<std::string> GetShardIterator(Service& service, const Json& request) {
  OFFSTAGE_TRY_VOID(CheckArn(StringOf(request, "StreamArn")));
  OFFSTAGE_TRY(const StreamState stream, service.FindStream(StringOf(request, "StreamArn")));
  if (StringOf(request, "ShardId") != ShardIdOf(stream.name())) {
    return Fail(NotFound(fmt::format("Requested resource not found: Shard: {} not found",
                                     StringOf(request, "ShardId"))));
  }
  Iterator iterator = {.stream = stream.name(), .position = 0, .created_ms = service.NowMillis()};
  const std::string type = StringOf(request, "ShardIteratorType");
  const bool named = type.ends_with("SEQUENCE_NUMBER");
  if (!named && !StringOf(request, "SequenceNumber").empty()) {
    return Fail(ValidationError(
        fmt::format("SequenceNumber is not supported for ShardIteratorType {}", type)));
  }
  if (type == "LATEST") {
    OFFSTAGE_TRY_INTERNAL(iterator.position, service.records().LastPosition());
  } else if (type != "TRIM_HORIZON") {
    OFFSTAGE_TRY(iterator.position, NamedPosition(service, stream, request));
  }
  return DumpJson(Json{{"ShardIterator", ToText(iterator, service.account())}});
}

// ---- GetRecords -------------------------------------------------------------------------------

// Keys and images are JSON already.
std::string RecordJson(const Record& record, const Service& service, const StreamName& stream) {
  std::string images;
  if (!record.new_image.empty()) images += fmt::format("\"NewImage\":{},", record.new_image);
  if (!record.old_image.empty()) images += fmt::format("\"OldImage\":{},", record.old_image);
  std::string out = fmt::format(
      "{{\"awsRegion\":\"{}\",\"dynamodb\":{{\"ApproximateCreationDateTime\":{},\"Keys\":{},{}"
      "\"SequenceNumber\":\"{}\",\"SizeBytes\":{},\"StreamViewType\":\"{}\"}},\"eventID\":\"{}\","
      "\"eventName\":\"{}\",\"eventSource\":\"aws:dynamodb\",\"eventVersion\":\"1.1\"",
      service.account().region, record.created_ms / 1000, record.keys, images,
      SequenceNumber(record.position), record.size, record.view_type,
      EventId(stream, record.position), record.event);
  if (record.expired) {
    out += ",\"userIdentity\":{\"PrincipalId\":\"dynamodb.amazonaws.com\",\"Type\":\"Service\"}";
  }
  return out + "}";
}

aws::Outcome<std::string> GetRecords(Service& service, const Json& request) {
  auto iterator = ParseIterator(StringOf(request, "ShardIterator"), service.account());
  if (!iterator) return Fail(ValidationError("Invalid ShardIterator"));
  if (iterator->created_ms + kIteratorLife.count() < service.NowMillis()) {
    return Fail(aws::ApiError{
        .type = "ExpiredIteratorException",
        .message = "The shard iterator has expired and can no longer be used to retrieve stream "
                   "records. A shard iterator expires 15 minutes after it is retrieved using the "
                   "GetShardIterator action."});
  }
  OFFSTAGE_TRY(const StreamState stream,
               service.FindStream(ArnOf(iterator->stream, service.account())));
  OFFSTAGE_TRY_INTERNAL(const std::vector<Record> records,
                        service.records().Read(stream.name(),
                                               {.after = iterator->position,
                                                .limit = IntegerOf(request, "Limit", kMaxRecords)},
                                               service.NowMillis()));
  std::string list;
  for (const Record& record : records) {
    std::string text = RecordJson(record, service, stream.name());
    if (!list.empty() && list.size() + text.size() > kMaxReplyBytes) break;
    list += list.empty() ? "" : ",";
    list += text;
    iterator->position = record.position;
  }
  // At the end of a stream that is switched off there is nothing to go on with.
  if (records.empty() && stream.disabled) return fmt::format("{{\"Records\":[{}]}}", list);
  iterator->created_ms = service.NowMillis();
  return fmt::format("{{\"NextShardIterator\":{},\"Records\":[{}]}}",
                     DumpJson(Json(ToText(*iterator, service.account()))), list);
}

}  // namespace

std::string FunctionRecord(const Record& record, const Service& service, const StreamName& stream) {
  std::string json = RecordJson(record, service, stream);
  json.pop_back();
  return fmt::format(R"({},"eventSourceARN":"{}"}})", json, ArnOf(stream, service.account()));
}

const Operation* FindOperation(std::string_view name) {
  static const std::vector<Operation> operations = {
      {"DescribeStream",
       {StreamArn(),
        {.name = "Limit", .kind = kInteger, .min = 1, .max = 100},
        {.name = "ExclusiveStartShardId", .min = kMinShardId, .max = 65}},
       &DescribeStream},
      {"GetRecords",
       {{.name = "ShardIterator", .required = true, .min = 1, .max = 2048},
        {.name = "Limit", .kind = kInteger, .min = 1, .max = kMaxRecords}},
       &GetRecords},
      {"GetShardIterator",
       {StreamArn(),
        {.name = "ShardId", .required = true, .min = kMinShardId, .max = 65},
        {.name = "ShardIteratorType",
         .required = true,
         .values = {"AFTER_SEQUENCE_NUMBER", "LATEST", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"}},
        {.name = "SequenceNumber", .min = 21, .max = 40}},
       &GetShardIterator},
      {"ListStreams",
       {{.name = "TableName", .min = 3, .max = 255},
        {.name = "Limit", .kind = kInteger, .min = 1, .max = 100},
        {.name = "ExclusiveStartStreamArn", .min = 37, .max = 1024}},
       &ListStreams},
  };
  for (const Operation& operation : operations) {
    if (operation.name == name) return &operation;
  }
  return nullptr;
}

}  // namespace offstage::streams
