// docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html, with-mq.html,
// with-documentdb.html
#include "template/event_policies.h"

#include "base/text.h"

namespace offstage::templates {
namespace {

constexpr std::string_view kReadSecret = "secretsmanager:GetSecretValue";
constexpr std::string_view kNetwork =
    "ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces ec2:DeleteNetworkInterface "
    "ec2:DescribeVpcs ec2:DescribeSubnets ec2:DescribeSecurityGroups";

class EventPolicy {
 public:
  EventPolicy(Scope& scope, const EventSource& event)
      : scope_(scope), event_(event), document_(Node::Map(event.position)) {}

  // Actions are separated by blanks.
  void Allow(std::string_view actions, std::string resource) {
    if (resource.empty()) {
      return;
    }
    Node list = Node::List({}, event_.position);
    for (const std::string_view action : Split(actions, ' ')) {
      list.items().push_back(Node::String(std::string(action)));
    }
    Node statement = Node::Map(event_.position);
    statement.Set("Effect", Node::String("Allow"));
    statement.Set("Action", std::move(list));
    statement.Set("Resource", Node::String(std::move(resource)));
    statements_.push_back(std::move(statement));
  }

  // The secret of the access configuration of one of these types.
  void AllowSecret(std::initializer_list<std::string_view> types) {
    for (const Node* configuration : Configurations("SourceAccessConfigurations")) {
      const std::string type = configuration->TextOf("Type");
      if (std::find(types.begin(), types.end(), type) != types.end()) {
        Allow(kReadSecret, configuration->TextOf("URI"));
      }
    }
  }

  void AllowKey() {
    const std::string key = event_.properties.TextOf("SecretsManagerKmsKeyId");
    if (!key.empty()) {
      Allow("kms:Decrypt", Arn("kms", "key/" + key));
    }
  }

  bool HasConfiguration(std::string_view type) const {
    const auto all = Configurations("SourceAccessConfigurations");
    return std::any_of(all.begin(), all.end(),
                       [&](const Node* node) { return node->TextOf("Type") == type; });
  }

  void AllowSchemaRegistry() {
    const Node* registry = event_.properties.Find("SchemaRegistryConfig");
    if (registry == nullptr) {
      return;
    }
    if (const Node* access = registry->Find("AccessConfigs")) {
      for (const Node& configuration : access->items()) {
        Allow(kReadSecret, configuration.TextOf("URI"));
      }
    }
    const std::string uri = registry->TextOf("SchemaRegistryURI");
    constexpr std::string_view kMark = ":registry/";
    const std::size_t name = uri.find(kMark);
    if (uri.rfind("arn:", 0) == 0 && name != std::string::npos) {  // else it is Confluent's
      Allow("glue:GetRegistry", uri);
      Allow("glue:GetSchemaVersion",
            Arn("glue", fmt::format("schema/{}/*", uri.substr(name + kMark.size()))));
    }
  }

  std::string Arn(std::string_view service, std::string_view rest) const {
    const Stack& stack = scope_.context().stack;
    return fmt::format("arn:{}:{}:{}:{}:{}", stack.partition, service, stack.region,
                       stack.account_id, rest);
  }

  void AddTo(Function& function) {
    if (statements_.empty()) {
      return;
    }
    document_.Set("Version", Node::String("2012-10-17"));
    document_.Set("Statement", Node::List(std::move(statements_), event_.position));
    function.policies.push_back({.name = event_.name + "Policy",
                                 .document = std::move(document_),
                                 .position = event_.position});
  }

 private:
  std::vector<const Node*> Configurations(std::string_view property) const {
    std::vector<const Node*> all;
    if (const Node* written = event_.properties.Find(property)) {
      for (const Node& item : written->items()) {
        all.push_back(&item);
      }
    }
    return all;
  }

  Scope& scope_;
  const EventSource& event_;
  Node document_;
  std::vector<Node> statements_ = {};
};

void AddFailurePolicy(const EventSource& event, Function& function) {
  const Node* failure = event.properties.FindPath("DestinationConfig", "OnFailure");
  if (failure == nullptr) {
    return;
  }
  const std::string place = failure->TextOf("Destination");
  const std::string type = failure->TextOf("Type");
  const std::string name = event.name + "OnFailurePolicy";
  if (type == "SQS") {
    AddStatement(name, "sqs:SendMessage", place, failure->position(), function);
  } else if (type == "SNS") {
    AddStatement(name, "sns:publish", place, failure->position(), function);
  } else if (type == "S3" && !place.empty()) {
    AddStatement(name, "s3:PutObject", place + "/*", failure->position(), function);
    AddStatement(name, "s3:ListBucket", place, failure->position(), function);
  }
}

}  // namespace

void AddStatement(std::string_view name, std::string_view action, std::string_view resource,
                  const Position& position, Function& function) {
  if (resource.empty()) {
    return;
  }
  Node statement = Node::Map(position);
  statement.Set("Action", Node::String(std::string(action)));
  statement.Set("Resource", Node::String(std::string(resource)));
  statement.Set("Effect", Node::String("Allow"));
  Node document = Node::Map(position);
  document.Set("Version", Node::String("2012-10-17"));
  document.Set("Statement", Node::List({std::move(statement)}, position));
  function.policies.push_back(
      {.name = std::string(name), .document = std::move(document), .position = position});
}

void AddEventPolicies(Scope& scope, const EventSource& event, Function& function) {
  AddFailurePolicy(event, function);
  EventPolicy policy(scope, event);
  if (event.type == "MQ") {
    policy.AllowSecret({"BASIC_AUTH"});
    policy.Allow("mq:DescribeBroker", event.properties.TextOf("Broker"));
    policy.AllowKey();
  } else if (event.type == "MSK") {
    policy.AllowSchemaRegistry();
    policy.AllowSecret({"CLIENT_CERTIFICATE_TLS_AUTH"});
  } else if (event.type == "SelfManagedKafka") {
    policy.AllowSecret({"BASIC_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH", "SASL_SCRAM_256_AUTH",
                        "SASL_SCRAM_512_AUTH"});
    if (policy.HasConfiguration("VPC_SUBNET") && policy.HasConfiguration("VPC_SECURITY_GROUP")) {
      policy.Allow(kNetwork, "*");
    }
    policy.AllowKey();
    policy.AllowSchemaRegistry();
  } else if (event.type == "DocumentDB") {
    policy.AllowSecret({"BASIC_AUTH"});
    policy.Allow("rds:DescribeDBClusterParameters", policy.Arn("rds", "cluster-pg:*"));
    policy.Allow("rds:DescribeDBSubnetGroups", policy.Arn("rds", "subgrp:*"));
    policy.Allow("rds:DescribeDBClusters", event.properties.TextOf("Cluster"));
    policy.Allow(kNetwork, "*");
    policy.AllowKey();
  }
  policy.AddTo(function);
}

}  // namespace offstage::templates
