#include "app/provision/event_sources.h"

#include <fmt/format.h>

#include "base/text.h"

namespace offstage::app {

namespace {

using events::ScheduledFunction;
using events::StreamMapping;
using templates::EventSource;
using templates::Function;
using templates::Node;
using templates::Resource;
using templates::Stack;

bool IsOn(const Node& properties) {
  const Node* enabled = properties.Find("Enabled");
  if (enabled != nullptr && !enabled->AsBool().value_or(true)) return false;
  return properties.TextOf("State", "ENABLED") != "DISABLED";
}

int NumberOf(const Node& properties, std::string_view name, int fallback) {
  const Node* node = properties.Find(name);
  return node == nullptr ? fallback : static_cast<int>(node->AsInteger().value_or(fallback));
}

// "arn:aws:dynamodb:...:table/NAME/stream/LABEL": labels are given when the table is made.
std::string TableOfStream(const std::string& arn) {
  const auto begin = arn.find(":table/");
  const auto end = arn.find("/stream/");
  if (begin == std::string::npos || end == std::string::npos || end < begin) return {};
  return arn.substr(begin + 7, end - begin - 7);
}

// With ":ALIAS" or ":VERSION" behind it as well.
const Function* FunctionOf(const Stack& stack, const std::string& arn) {
  for (const Function& function : stack.functions) {
    if (function.arn == arn || arn.starts_with(function.arn + ":")) return &function;
  }
  return stack.FindFunction(arn);
}

class Reader {
 public:
  explicit Reader(const Stack& stack) : stack_(stack) {}

  EventSources Read() {
    for (const Function& function : stack_.functions) {
      for (const EventSource& event : function.events)
        ReadEvent(function, event);
    }
    for (const Resource& resource : stack_.resources)
      ReadResource(resource);
    return std::move(out_);
  }

 private:
  void LeaveOut(const templates::Position& position, std::string path, std::string why) {
    out_.notes.push_back({.fate = templates::Fate::kRefused,
                          .position = position,
                          .path = std::move(path),
                          .message = std::move(why),
                          .reason = templates::Reason::kNotEmulated});
  }

  void ReadEvent(const Function& function, const EventSource& event) {
    const std::string name = function.path + "/" + event.name;
    if (event.type == "DynamoDB") return ReadMapping(function, event, name);
    if (event.type == "Schedule" || event.type == "ScheduleV2") {
      const bool rule = event.type == "Schedule";
      const std::string written =
          event.properties.TextOf("Name", stack_.name + "-" + function.logical_id + event.name);
      ScheduledFunction scheduled{
          .name = name,
          .function = function.name,
          .kind = rule ? ScheduledFunction::Kind::kRule : ScheduledFunction::Kind::kScheduler,
          .arn = fmt::format("arn:{}:{}:{}:{}:{}{}", stack_.partition,
                             rule ? "events" : "scheduler", stack_.region, stack_.account_id,
                             rule ? "rule/" : "schedule/default/", written),
          .input = event.properties.TextOf("Input")};
      return AddSchedule(std::move(scheduled), event.path, event.properties,
                         event.properties.TextOf(rule ? "Schedule" : "ScheduleExpression"),
                         event.position);
    }
    // Requests are the gateway's, user pools' triggers Cognito's affair.
    static constexpr std::string_view kElsewhere[] = {"Api", "HttpApi", "Cognito"};
    for (const std::string_view type : kElsewhere) {
      if (event.type == type) return;
    }
    LeaveOut(event.position, event.path,
             fmt::format("events of type {} are not emulated; the function is not called by them",
                         event.type));
  }

  void ReadMapping(const Function& function, const EventSource& event, const std::string& name) {
    const Node& properties = event.properties;
    const std::string stream =
        properties.TextOf(properties.Contains("Stream") ? "Stream" : "EventSourceArn");
    const std::string table_name = TableOfStream(stream);
    const templates::Table* table = stack_.FindTable(table_name);
    if (table == nullptr) {
      return LeaveOut(event.position, event.path,
                      fmt::format("'{}' is no stream of a table of this stack; the function is not "
                                  "called by it",
                                  stream));
    }
    if (!IsOn(properties)) return;
    StreamMapping mapping{.name = name,
                          .function = function.name,
                          .function_arn = function.arn,
                          .table = table->name};
    const std::string start = properties.TextOf("StartingPosition");
    if (start == "LATEST") {
      mapping.start = StreamMapping::Start::kLatest;
    } else if (start != "TRIM_HORIZON") {
      return LeaveOut(event.position, event.path,
                      fmt::format("StartingPosition is TRIM_HORIZON or LATEST, not '{}'", start));
    }
    if (NumberOf(properties, "TumblingWindowInSeconds", 0) > 0)
      return LeaveOut(event.position, event.path, "TumblingWindowInSeconds is not emulated");
    mapping.batch_size = NumberOf(properties, "BatchSize", mapping.batch_size);
    if (mapping.batch_size < 1 || mapping.batch_size > 10000)
      return LeaveOut(event.position, event.path, "BatchSize must be from 1 to 10000");
    mapping.window =
        std::chrono::seconds(NumberOf(properties, "MaximumBatchingWindowInSeconds", 0));
    if (const int retries = NumberOf(properties, "MaximumRetryAttempts", -1); retries >= 0)
      mapping.max_retries = retries;
    if (const int age = NumberOf(properties, "MaximumRecordAgeInSeconds", -1); age >= 0)
      mapping.max_age = std::chrono::seconds(age);
    const Node* bisect = properties.Find("BisectBatchOnFunctionError");
    mapping.bisect = bisect != nullptr && bisect->AsBool().value_or(false);
    if (const Node* types = properties.Find("FunctionResponseTypes")) {
      for (const Node& type : types->items())
        mapping.reports_item_failures |= type.text() == "ReportBatchItemFailures";
    }
    if (const Node* failure = properties.FindPath("DestinationConfig", "OnFailure"))
      mapping.on_failure = failure->TextOf("Destination");
    NoteDestination(event, mapping);
    if (const Node* filters = properties.FindPath("FilterCriteria", "Filters")) {
      for (const Node& filter : filters->items()) {
        auto parsed = events::Filter::Parse(filter.TextOf("Pattern"));
        if (!parsed.ok()) return LeaveOut(filter.position(), event.path, parsed.error().message);
        mapping.filters.push_back(std::move(parsed).value());
      }
    }
    out_.sources.mappings.push_back(std::move(mapping));
  }

  // Lambda sends what a mapping gives up to SQS, SNS, S3 or Kafka, and refuses functions:
  // docs.aws.amazon.com/lambda/latest/api/API_OnFailure.html
  void NoteDestination(const EventSource& event, StreamMapping& mapping) {
    if (mapping.on_failure.empty()) return;
    if (mapping.on_failure.find(":lambda:") != std::string::npos) {
      LeaveOut(event.position, mapping.name,
               "OnFailure of a stream takes a queue, a topic or a bucket; AWS refuses a function");
      mapping.on_failure.clear();
      return;
    }
    LeaveOut(event.position, mapping.name,
             fmt::format("{} is not emulated: records that are given up do not reach {}, they are "
                         "logged",
                         events::DestinationService(mapping.on_failure), mapping.on_failure));
  }

  void ReadResource(const Resource& resource) {
    const Node& properties = resource.properties;
    const std::string expression = properties.TextOf("ScheduleExpression");
    if (expression.empty()) return;
    if (resource.type == "AWS::Events::Rule") {
      const Node* targets = properties.Find("Targets");
      if (targets == nullptr) return;
      for (const Node& target : targets->items())
        AddTarget(resource, target, ScheduledFunction::Kind::kRule);
    } else if (resource.type == "AWS::Scheduler::Schedule") {
      const Node* target = properties.Find("Target");
      if (target != nullptr) AddTarget(resource, *target, ScheduledFunction::Kind::kScheduler);
    }
  }

  void AddTarget(const Resource& resource, const Node& target, ScheduledFunction::Kind kind) {
    const Function* function = FunctionOf(stack_, target.TextOf("Arn"));
    const std::string path = kind == ScheduledFunction::Kind::kRule
                                 ? fmt::format("{}.Targets.{}", resource.path, target.TextOf("Id"))
                                 : resource.path;
    if (function == nullptr) {
      return LeaveOut(target.position(), path,
                      fmt::format("the target '{}' is no function of this stack; it is not called",
                                  target.TextOf("Arn")));
    }
    AddSchedule({.name = resource.path + "/" + target.TextOf("Id", function->logical_id),
                 .function = function->name,
                 .kind = kind,
                 .arn = resource.arn,
                 .input = target.TextOf("Input")},
                path, resource.properties, resource.properties.TextOf("ScheduleExpression"),
                resource.position);
  }

  void AddSchedule(ScheduledFunction scheduled, const std::string& path, const Node& properties,
                   const std::string& expression, const templates::Position& position) {
    auto schedule = events::Schedule::Parse(expression);
    if (!schedule.ok()) return LeaveOut(position, path, schedule.error().message);
    const std::string zone = properties.TextOf("ScheduleExpressionTimezone", "UTC");
    if (zone != "UTC" && zone != "Etc/UTC") {
      return LeaveOut(position, path,
                      fmt::format("ScheduleExpressionTimezone {} is not emulated, only UTC is; the "
                                  "function is not called",
                                  zone));
    }
    for (const char* later : {"StartDate", "EndDate"}) {
      if (properties.Contains(later)) {
        return LeaveOut(position, path,
                        fmt::format("{} is not emulated; the function is not called", later));
      }
    }
    if (!IsOn(properties)) return;
    scheduled.schedule = std::move(schedule).value();
    out_.sources.schedules.push_back(std::move(scheduled));
  }

  const Stack& stack_;
  EventSources out_;
};

}  // namespace

EventSources ToEventSources(const Stack& stack) {
  return Reader(stack).Read();
}

}  // namespace offstage::app
