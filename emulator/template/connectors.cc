#include "template/connectors.h"

#include "base/text.h"

namespace offstage::templates {
namespace {

// What a function may do with a destination or a source; actions are separated by blanks, resources
// too, with {} for the ARN of the other and {execution} for that of a state machine's executions.
// Empty: the permission does not exist. A type may have several.
struct Grant {
  std::string_view type;
  std::string_view read;
  std::string_view write;
  std::string_view resources;
};

// docs.aws.amazon.com/serverless-application-model/latest/developerguide/reference-sam-connector.html
constexpr std::string_view kTableRead =
    "dynamodb:GetItem dynamodb:Query dynamodb:Scan dynamodb:BatchGetItem "
    "dynamodb:ConditionCheckItem dynamodb:PartiQLSelect";
constexpr std::string_view kTableWrite =
    "dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:BatchWriteItem "
    "dynamodb:PartiQLDelete dynamodb:PartiQLInsert dynamodb:PartiQLUpdate";
constexpr std::string_view kBucketRead =
    "s3:GetObject s3:GetObjectAcl s3:GetObjectLegalHold s3:GetObjectRetention s3:GetObjectTorrent "
    "s3:GetObjectVersion s3:GetObjectVersionAcl s3:GetObjectVersionForReplication "
    "s3:GetObjectVersionTorrent s3:ListBucket s3:ListBucketMultipartUploads s3:ListBucketVersions "
    "s3:ListMultipartUploadParts";
constexpr std::string_view kBucketWrite =
    "s3:AbortMultipartUpload s3:DeleteObject s3:DeleteObjectVersion s3:PutObject "
    "s3:PutObjectLegalHold s3:PutObjectRetention s3:RestoreObject";
constexpr Grant kGrants[] = {
    {"AWS::DynamoDB::Table", kTableRead, kTableWrite, "{} {}/index/*"},
    {"AWS::Serverless::SimpleTable", kTableRead, kTableWrite, "{} {}/index/*"},
    {"AWS::Lambda::Function", "", "lambda:InvokeAsync lambda:InvokeFunction", "{}"},
    {"AWS::Serverless::Function", "", "lambda:InvokeAsync lambda:InvokeFunction", "{}"},
    {"AWS::S3::Bucket", kBucketRead, kBucketWrite, "{} {}/*"},
    {"AWS::SQS::Queue", "sqs:ReceiveMessage sqs:GetQueueAttributes",
     "sqs:DeleteMessage sqs:SendMessage sqs:ChangeMessageVisibility sqs:PurgeQueue", "{}"},
    {"AWS::SNS::Topic", "", "sns:Publish", "{}"},
    {"AWS::Events::EventBus", "", "events:PutEvents", "{}"},
    {"AWS::Serverless::StateMachine", "states:DescribeStateMachine states:ListExecutions",
     "states:StartExecution states:StartSyncExecution", "{}"},
    {"AWS::Serverless::StateMachine",
     "states:DescribeExecution states:DescribeStateMachineForExecution "
     "states:GetExecutionHistory",
     "states:StopExecution", "{execution}"},
    {"AWS::StepFunctions::StateMachine", "states:DescribeStateMachine states:ListExecutions",
     "states:StartExecution states:StartSyncExecution", "{}"},
    {"AWS::StepFunctions::StateMachine",
     "states:DescribeExecution states:DescribeStateMachineForExecution "
     "states:GetExecutionHistory",
     "states:StopExecution", "{execution}"},
    {"AWS::Location::PlaceIndex",
     "geo:DescribePlaceIndex geo:GetPlace geo:SearchPlaceIndexForPosition "
     "geo:SearchPlaceIndexForSuggestions geo:SearchPlaceIndexForText",
     "", "{}"},
};

// What a function may do with the source that calls it.
constexpr std::string_view kStreamRead =
    "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams";
constexpr Grant kSourceGrants[] = {
    {"AWS::SQS::Queue", "sqs:ReceiveMessage sqs:GetQueueAttributes", "sqs:DeleteMessage", "{}"},
    {"AWS::DynamoDB::Table", kStreamRead, "", "{}/stream/*"},
    {"AWS::Serverless::SimpleTable", kStreamRead, "", "{}/stream/*"},
};

bool IsFunction(std::string_view type) {
  return type == "AWS::Serverless::Function" || type == "AWS::Lambda::Function";
}

class Connector {
 public:
  Connector(Scope& scope, std::string path, const Node& properties)
      : scope_(scope), path_(std::move(path)), properties_(properties) {}

  void Apply(const std::string& source_id) {
    const Node* destination = properties_.Find("Destination");
    if (destination == nullptr) {
      return Say("a connector needs a Destination", Reason::kWrong);
    }
    if (!destination->IsList()) {
      return ApplyTo(source_id, *destination);
    }
    for (const Node& item : destination->items()) {
      ApplyTo(source_id, item);
    }
  }

 private:
  void Say(std::string message, Reason reason = Reason::kNotEmulated) {
    scope_.Note(Fate::kRefused, properties_.position(), path_, std::move(message), reason);
  }

  Function* FindFunction(const std::string& id) {
    for (Function& function : scope_.context().stack.functions) {
      if (function.path == scope_.PathOf(id)) {
        return &function;
      }
    }
    return nullptr;
  }

  void ApplyTo(const std::string& source_id, const Node& destination) {
    const std::string id = destination.TextOf("Id");
    ResourceEntry* entry = id.empty() ? nullptr : scope_.FindEntry(id);
    if (!id.empty() && entry == nullptr) {
      return Say(fmt::format("the template has no resource '{}'", id), Reason::kWrong);
    }
    const std::string type = entry == nullptr ? destination.TextOf("Type") : entry->type;
    if (Function* source = FindFunction(source_id)) {
      return Give(*source, kGrants, type, ArnOf(entry, destination), "from a function to");
    }
    ResourceEntry* from = source_id.empty() ? nullptr : scope_.FindEntry(source_id);
    Function* called = IsFunction(type) ? FindFunction(id) : nullptr;
    if (from == nullptr || called == nullptr) {
      return Say("only connectors from or to a function of the template are emulated");
    }
    Give(*called, kSourceGrants, from->type, ArnOf(from, Node::Map()), "to a function from");
  }

  std::string ArnOf(ResourceEntry* entry, const Node& written) {
    if (entry != nullptr) {
      const bool known = entry->info != nullptr && !entry->info->arn.empty();
      const auto formatted = scope_.Format(
          *entry, known ? std::string(entry->info->arn) : GenericArnFormat(entry->type));
      if (formatted.ok()) {
        return *formatted;
      }
    }
    return written.TextOf("Arn");  // The author gives it where there is no resource.
  }

  template <std::size_t kCount>
  void Give(Function& function, const Grant (&grants)[kCount], std::string_view type,
            const std::string& arn, std::string_view direction) {
    if (std::none_of(std::begin(grants), std::end(grants),
                     [&](const Grant& grant) { return grant.type == type; })) {
      return Say(fmt::format("connectors {} {} are not emulated", direction, type));
    }
    const Node* permissions = properties_.Find("Permissions");
    if (permissions == nullptr) {
      return;
    }
    for (const Node& permission : permissions->items()) {
      bool any = false;
      for (const Grant& grant : grants) {
        any |= grant.type == type && GiveOne(function, grant, permission, arn);
      }
      if (!any) {
        Say(fmt::format("there is no {} {} {}", permission.text(), direction, type),
            Reason::kWrong);
      }
    }
  }

  // False: the permission does not exist.
  bool GiveOne(Function& function, const Grant& grant, const Node& permission,
               const std::string& arn) {
    const std::string_view actions = permission.text() == "Read"    ? grant.read
                                     : permission.text() == "Write" ? grant.write
                                                                    : std::string_view();
    if (actions.empty()) {
      return false;
    }
    const std::string executions = ReplaceAll(arn, ":stateMachine:", ":execution:") + ":*";
    const auto list = [&](std::string_view words, const std::string& replacement) {
      Node items = Node::List();
      for (const std::string_view word : Split(words, ' ')) {
        items.items().push_back(Node::String(ReplaceAll(
            ReplaceAll(std::string(word), "{execution}", executions), "{}", replacement)));
      }
      return items;
    };
    Node statement = Node::Map(permission.position());
    statement.Set("Effect", Node::String("Allow"));
    statement.Set("Action", list(actions, ""));
    statement.Set("Resource", list(grant.resources, arn));
    Node document = Node::Map(permission.position());
    document.Set("Version", Node::String("2012-10-17"));
    document.Set("Statement", Node::List({std::move(statement)}, permission.position()));
    function.policies.push_back(
        {.name = path_, .document = std::move(document), .position = permission.position()});
    return true;
  }

  Scope& scope_;
  const std::string path_;
  const Node& properties_;
};

}  // namespace

void ApplyConnectors(Scope& scope) {
  for (std::size_t i = 0; i < scope.entries().size(); ++i) {
    ResourceEntry& entry = *scope.entries()[i];
    const auto exists = scope.Exists(entry);
    if (!exists.ok() || !*exists) {
      continue;
    }
    if (entry.type == "AWS::Serverless::Connector") {
      const auto properties = scope.Properties(entry);
      if (properties.ok()) {
        const Node* source = (*properties)->Find("Source");
        Connector(scope, entry.id, **properties)
            .Apply(source == nullptr ? "" : source->TextOf("Id"));
      }
      continue;
    }
    const Node* embedded = entry.definition.Find("Connectors");
    if (embedded == nullptr) {
      continue;
    }
    for (const Entry& connector : embedded->entries()) {
      const Node* written = connector.value.Find("Properties");
      const auto properties = written == nullptr
                                  ? Resolved<Node>(FailAt(connector.key_position, ""))
                                  : scope.Value(*written);
      if (properties.ok()) {
        Connector(scope, fmt::format("{}.Connectors.{}", entry.id, connector.key), *properties)
            .Apply(entry.id);
      }
    }
  }
}

}  // namespace offstage::templates
