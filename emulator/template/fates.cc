#include "template/fates.h"

#include "base/text.h"

namespace offstage::templates {
namespace {

// Names are separated by blanks. `later`: known, not emulated; refused by name.
struct TypeFates {
  std::string_view type;
  std::string_view honoured;
  std::string_view harmless;
  std::string_view later;
};

constexpr std::string_view kFunctionHarmless =
    "AssumeRolePolicyDocument AutoPublishAliasAllProperties AutoPublishCodeSha256 "
    "CodeSigningConfigArn "
    "DeploymentPreference KmsKeyArn LoggingConfig PermissionsBoundary PropagateTags "
    "RecursiveLoop RolePath RuntimeManagementConfig SnapStart SourceKMSKeyArn Tags Tracing "
    "TracingConfig "
    "VersionDescription VpcConfig VersionDeletionPolicy PublishToLatestPublished "
    "FunctionScalingConfig";

constexpr TypeFates kEmulated[] = {
    {"AWS::CloudFormation::Stack", "Parameters TemplateURL",
     "NotificationARNs Tags TimeoutInMinutes", ""},
    {"AWS::Cognito::UserPool",
     "AccountRecoverySetting AdminCreateUserConfig AliasAttributes AutoVerifiedAttributes "
     "DeletionProtection EmailAuthenticationMessage EmailAuthenticationSubject "
     "EmailVerificationMessage EmailVerificationSubject EnabledMfas LambdaConfig MfaConfiguration "
     "Policies Schema SmsAuthenticationMessage SmsVerificationMessage UserAttributeUpdateSettings "
     "UserPoolName UserPoolTags UsernameAttributes UsernameConfiguration "
     "VerificationMessageTemplate",
     "EmailConfiguration SmsConfiguration UserPoolAddOns UserPoolTier",
     "DeviceConfiguration WebAuthnFactorConfiguration WebAuthnRelyingPartyID "
     "WebAuthnUserVerification"},
    {"AWS::Cognito::UserPoolClient",
     "AccessTokenValidity AllowedOAuthFlows AllowedOAuthFlowsUserPoolClient AllowedOAuthScopes "
     "AuthSessionValidity CallbackURLs ClientName DefaultRedirectURI EnableTokenRevocation "
     "ExplicitAuthFlows GenerateSecret IdTokenValidity LogoutURLs PreventUserExistenceErrors "
     "ReadAttributes RefreshTokenRotation RefreshTokenValidity SupportedIdentityProviders "
     "TokenValidityUnits UserPoolId WriteAttributes",
     "AnalyticsConfiguration EnablePropagateAdditionalUserContextData", ""},
    {"AWS::Cognito::UserPoolDomain", "CustomDomainConfig Domain UserPoolId",
     "ManagedLoginVersion Routing", ""},
    {"AWS::Cognito::UserPoolGroup", "Description GroupName Precedence RoleArn UserPoolId", "", ""},
    {"AWS::Cognito::UserPoolResourceServer", "Identifier Name Scopes UserPoolId", "", ""},
    {"AWS::Cognito::UserPoolUser",
     "ClientMetadata DesiredDeliveryMediums ForceAliasCreation MessageAction UserAttributes "
     "UserPoolId Username ValidationData",
     "", ""},
    {"AWS::Cognito::UserPoolUserToGroupAttachment", "GroupName UserPoolId Username", "", ""},
    {"AWS::DynamoDB::GlobalTable",
     // Replicas: this region's is the table; others have no effect on it.
     "AttributeDefinitions BillingMode GlobalSecondaryIndexes KeySchema LocalSecondaryIndexes "
     "Replicas StreamSpecification TableName TimeToLiveSpecification",
     "GlobalTableWitnesses MultiRegionConsistency ReadOnDemandThroughputSettings "
     "ReadProvisionedThroughputSettings SSESpecification WarmThroughput "
     "WriteOnDemandThroughputSettings WriteProvisionedThroughputSettings",
     "GlobalTableSettingsReplicationMode GlobalTableSourceArn"},
    {"AWS::DynamoDB::Table",
     "AttributeDefinitions BillingMode DeletionProtectionEnabled GlobalSecondaryIndexes KeySchema "
     "LocalSecondaryIndexes PointInTimeRecoverySpecification ProvisionedThroughput "
     "StreamSpecification TableName Tags TimeToLiveSpecification",
     "ContributorInsightsSpecification OnDemandThroughput ResourcePolicy "
     "SSESpecification TableClass WarmThroughput",
     "ImportSourceSpecification KinesisStreamSpecification"},
    {"AWS::KMS::Alias", "AliasName TargetKeyId", "", ""},
    // Kinds of keys that are not emulated are named by those who make the keys.
    {"AWS::KMS::Key", "Description Enabled KeySpec KeyUsage Origin",
     "BypassPolicyLockoutSafetyCheck EnableKeyRotation KeyPolicy MultiRegion PendingWindowInDays "
     "RotationPeriodInDays Tags",
     ""},
    {"AWS::Lambda::Function",
     "Architectures Code Description Environment EphemeralStorage FunctionName Handler Layers "
     "MemorySize "
     "PackageType ReservedConcurrentExecutions Role Runtime Timeout",
     kFunctionHarmless,
     "CapacityProviderConfig DeadLetterConfig DurableConfig FileSystemConfigs ImageConfig "
     "TenancyConfig"},
    {"AWS::Lambda::LayerVersion", "Content LayerName",
     "CompatibleArchitectures CompatibleRuntimes Description LicenseInfo", ""},
    // What CloudFormation refuses (SecureString, values that AllowedPattern refuses) is said by
    // those who make the parameters.
    {"AWS::SSM::Parameter", "DataType Name Type Value",
     "AllowedPattern Description Policies Tags Tier", ""},
    {"AWS::Serverless::Api",
     "ApiKeySourceType Auth BinaryMediaTypes Cors DefinitionBody DefinitionUri Description "
     "FailOnWarnings "
     "GatewayResponses MergeDefinitions MinimumCompressionSize Models Name StageName Variables",
     "AccessLogSetting AlwaysDeploy CacheClusterEnabled CacheClusterSize CanarySetting "
     "EndpointConfiguration "
     "MethodSettings Mode OpenApiVersion Policy PropagateTags Tags TracingEnabled "
     "EndpointAccessMode",
     "DisableExecuteApiEndpoint Domain SecurityPolicy"},
    {"AWS::Serverless::Application", "Location Parameters",
     "NotificationARNs Tags TimeoutInMinutes", ""},
    {"AWS::Serverless::Connector", "Destination Permissions Source", "", ""},
    {"AWS::Serverless::Function",
     "Architectures AutoPublishAlias CodeUri Description Environment EphemeralStorage Events "
     "FunctionName "
     "FunctionUrlConfig Handler ImageUri InlineCode Layers MemorySize PackageType Policies "
     "EventInvokeConfig ProvisionedConcurrencyConfig "
     "ReservedConcurrentExecutions Role Runtime Timeout",
     kFunctionHarmless,
     "CapacityProviderConfig DeadLetterQueue DurableConfig FileSystemConfigs "
     "ImageConfig TenancyConfig"},
    {"AWS::Serverless::HttpApi",
     "Auth CorsConfiguration DefaultRouteSettings DefinitionBody DefinitionUri Description "
     "FailOnWarnings Name "
     "RouteSettings StageName StageVariables",
     "AccessLogSettings PropagateTags Tags", "DisableExecuteApiEndpoint Domain"},
    {"AWS::Serverless::LayerVersion", "ContentUri LayerName",
     "CompatibleArchitectures CompatibleRuntimes Description LicenseInfo PublishLambdaVersion "
     "RetentionPolicy",
     ""},
    {"AWS::Serverless::SimpleTable",
     "PointInTimeRecoverySpecification PrimaryKey ProvisionedThroughput TableName Tags",
     "SSESpecification", ""},
};

// Resources without which a local run behaves the same.
constexpr std::string_view kHarmlessTypes[] = {
    "AWS::ApiGateway::Account",
    "AWS::ApiGateway::Deployment",
    "AWS::CDK::Metadata",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::IAM::InstanceProfile",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::XRay::Group",
};

// Kept with their values, read by other components or by permissions; nothing to say about them.
constexpr std::string_view kUnderstoodTypes[] = {
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::Authorizer",
    "AWS::ApiGateway::GatewayResponse",
    "AWS::ApiGateway::Method",
    "AWS::ApiGateway::Model",
    "AWS::ApiGateway::RequestValidator",
    "AWS::ApiGateway::Resource",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGateway::UsagePlanKey",
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Url",
    "AWS::Lambda::Version",
};

const TypeFates* FindFates(std::string_view type) {
  for (const TypeFates& row : kEmulated) {
    if (row.type == type) {
      return &row;
    }
  }
  return nullptr;
}

bool Contains(std::string_view names, std::string_view name) {
  const auto all = Split(names, ' ');
  return std::find(all.begin(), all.end(), name) != all.end();
}

template <typename List>
bool OneOf(const List& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

// A type that is likely meant: of the same service, or of the same name in a service spelt almost
// so. Null for types that exist.
std::optional<std::string> NearestType(std::string_view type) {
  const auto parts = Split(type, ':');
  if (FindResourceType(type) != nullptr || parts.size() != 5) {
    return std::nullopt;
  }
  for (const TypeFates& row : kEmulated) {
    const auto other = Split(row.type, ':');
    const auto close = [&](std::size_t at) {
      const std::string_view a = parts[at];
      const std::size_t difference =
          a.size() > other[at].size() ? a.size() - other[at].size() : other[at].size() - a.size();
      return difference <= 2 && NearestName(a, {std::string(other[at])}).has_value();
    };
    if ((parts[2] == other[2] && close(4)) || (parts[4] == other[4] && close(2))) {
      return std::string(row.type);
    }
  }
  return std::nullopt;
}

void NoteProperty(Scope& scope, const ResourceEntry& entry, const TypeFates& fates,
                  const Entry& property) {
  const std::string path = entry.id + "." + property.key;
  if (Contains(fates.honoured, property.key) || property.key == "Fn::Transform") {
    return;
  }
  if (Contains(fates.harmless, property.key)) {
    scope.Note(Fate::kIgnored, property.key_position, path,
               fmt::format("{} has no effect here", property.key));
    return;
  }
  if (Contains(fates.later, property.key)) {
    scope.Note(Fate::kRefused, property.key_position, path,
               fmt::format("{} is not emulated", property.key), Reason::kNotEmulated);
    return;
  }
  std::vector<std::string> known;
  for (const std::string_view names : {fates.honoured, fates.harmless, fates.later}) {
    for (const std::string_view name : Split(names, ' ')) {
      if (!name.empty()) {
        known.emplace_back(name);
      }
    }
  }
  scope.Note(Fate::kRefused, property.key_position, path,
             fmt::format("{} has no property {} (AWS refuses it; it has no effect)", entry.type,
                         Suggest(property.key, known)));
}

}  // namespace

bool IsNestedStack(std::string_view type) {
  return type == "AWS::Serverless::Application" || type == "AWS::CloudFormation::Stack";
}

Fate PropertyFate(std::string_view type, std::string_view property) {
  const TypeFates* fates = FindFates(type);
  // What is only read by permissions must not cost the function when it is wrong.
  const bool permissions = property == "Policies" || property == "Role";
  if (fates == nullptr) {
    return OneOf(kUnderstoodTypes, type) && type.rfind("AWS::IAM", 0) != 0 ? Fate::kHonoured
                                                                           : Fate::kIgnored;
  }
  if (Contains(fates->honoured, property) && !permissions) {
    return Fate::kHonoured;
  }
  return Contains(fates->harmless, property) || permissions ? Fate::kIgnored : Fate::kRefused;
}

void NoteFates(Scope& scope, const ResourceEntry& entry) {
  const TypeFates* fates = FindFates(entry.type);
  if (entry.type.rfind("AWS::Serverless::", 0) == 0 && !scope.uses_sam() &&
      entry.generated_by.empty()) {
    scope.Note(
        Fate::kWarning, entry.position, entry.id,
        fmt::format(
            "the template lacks 'Transform: AWS::Serverless-2016-10-31'; without it AWS refuses {}",
            entry.type));
  }
  if (fates != nullptr) {
    const Node* properties = entry.definition.Find("Properties");
    if (properties != nullptr) {
      for (const Entry& property : properties->entries()) {
        NoteProperty(scope, entry, *fates, property);
      }
    }
    return;
  }
  // Schedules are; rules for events are not.
  const Node* schedule = entry.definition.FindPath("Properties", "ScheduleExpression");
  const bool scheduled = schedule != nullptr && (entry.type == "AWS::Events::Rule" ||
                                                 entry.type == "AWS::Scheduler::Schedule");
  if (scheduled || !entry.generated_by.empty() || OneOf(kUnderstoodTypes, entry.type)) {
    return;
  }
  if (OneOf(kHarmlessTypes, entry.type)) {
    scope.Note(Fate::kIgnored, entry.position, entry.id,
               fmt::format("{} has no effect here", entry.type));
    return;
  }
  const auto near = NearestType(entry.type);
  scope.Note(Fate::kRefused, entry.position, entry.id,
             near
                 ? fmt::format("there is no type '{}'; did you mean '{}'?", entry.type, *near)
                 : fmt::format("{} is not emulated; Ref and Fn::GetAtt of it give plausible values",
                               entry.type),
             near ? Reason::kWrong : Reason::kNotEmulated);
}

}  // namespace offstage::templates
