// What properties resource types have: facts of CloudFormation's resource schemas and of SAM's.
// docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
// docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-resources-and-properties.html
//
// A type, with the attributes of Fn::GetAtt after '='; below it its shapes, "-" the properties
// themselves. After a member's name: '!' it is required, '>Shape' it is an object of that shape,
// '*>Shape' a list of such, '#>Shape' a map of such. SAM's events are shapes "Event.TYPE".
#include "validate/property_table.h"

namespace offstage::validate {

std::string_view PropertyTableText() {
  return R"table(
AWS::ApiGateway::Account = Id
  -: CloudWatchRoleArn
AWS::ApiGateway::ApiKey = APIKeyId
  -: CustomerId Description Enabled GenerateDistinctId Name StageKeys*>StageKey Tags*>Tag Value
  Tag: Key! Value!
  StageKey: RestApiId StageName
AWS::ApiGateway::Authorizer = AuthorizerId
  -: AuthType AuthorizerCredentials AuthorizerResultTtlInSeconds AuthorizerUri IdentitySource
    IdentityValidationExpression Name! ProviderARNs RestApiId! Type!
AWS::ApiGateway::BasePathMapping
  -: BasePath DomainName! RestApiId Stage
AWS::ApiGateway::Deployment = DeploymentId
  -: DeploymentCanarySettings>DeploymentCanarySettings Description RestApiId!
    StageDescription>StageDescription StageName
  StageDescription: AccessLogSetting>AccessLogSetting CacheClusterEnabled CacheClusterSize
    CacheDataEncrypted CacheTtlInSeconds CachingEnabled CanarySetting>CanarySetting ClientCertificateId
    DataTraceEnabled Description DocumentationVersion LoggingLevel MethodSettings*>MethodSetting
    MetricsEnabled Tags*>Tag ThrottlingBurstLimit ThrottlingRateLimit TracingEnabled Variables
  Tag: Key! Value!
  MethodSetting: CacheDataEncrypted CacheTtlInSeconds CachingEnabled DataTraceEnabled HttpMethod
    LoggingLevel MetricsEnabled ResourcePath ThrottlingBurstLimit ThrottlingRateLimit
  CanarySetting: PercentTraffic StageVariableOverrides UseStageCache
  AccessLogSetting: DestinationArn Format
  DeploymentCanarySettings: PercentTraffic StageVariableOverrides UseStageCache
AWS::ApiGateway::DomainName = DistributionDomainName DistributionHostedZoneId DomainNameArn RegionalDomainName RegionalHostedZoneId
  -: CertificateArn DomainName EndpointAccessMode EndpointConfiguration>EndpointConfiguration
    MutualTlsAuthentication>MutualTlsAuthentication OwnershipVerificationCertificateArn
    RegionalCertificateArn RoutingMode SecurityPolicy Tags*>Tag
  Tag: Key Value
  MutualTlsAuthentication: TruststoreUri TruststoreVersion
  EndpointConfiguration: IpAddressType Types
AWS::ApiGateway::GatewayResponse = Id
  -: ResponseParameters ResponseTemplates ResponseType! RestApiId! StatusCode
AWS::ApiGateway::Method
  -: ApiKeyRequired AuthorizationScopes AuthorizationType AuthorizerId HttpMethod!
    Integration>Integration MethodResponses*>MethodResponse OperationName RequestModels
    RequestParameters RequestValidatorId ResourceId! RestApiId!
  MethodResponse: ResponseModels ResponseParameters StatusCode!
  Integration: CacheKeyParameters CacheNamespace ConnectionId ConnectionType ContentHandling Credentials
    IntegrationHttpMethod IntegrationResponses*>IntegrationResponse IntegrationTarget
    PassthroughBehavior RequestParameters RequestTemplates ResponseTransferMode TimeoutInMillis Type!
    Uri
  IntegrationResponse: ContentHandling ResponseParameters ResponseTemplates SelectionPattern StatusCode!
AWS::ApiGateway::Model
  -: ContentType Description Name RestApiId! Schema
AWS::ApiGateway::RequestValidator = RequestValidatorId
  -: Name RestApiId! ValidateRequestBody ValidateRequestParameters
AWS::ApiGateway::Resource = ResourceId
  -: ParentId! PathPart! RestApiId!
AWS::ApiGateway::RestApi = RestApiId RootResourceId
  -: ApiKeySourceType BinaryMediaTypes Body BodyS3Location>S3Location CloneFrom Description
    DisableExecuteApiEndpoint EndpointAccessMode EndpointConfiguration>EndpointConfiguration
    FailOnWarnings MinimumCompressionSize Mode Name Parameters Policy SecurityPolicy Tags*>Tag
  Tag: Key! Value!
  EndpointConfiguration: IpAddressType Types VpcEndpointIds
  S3Location: Bucket ETag Key Version
AWS::ApiGateway::Stage
  -: AccessLogSetting>AccessLogSetting CacheClusterEnabled CacheClusterSize CanarySetting>CanarySetting
    ClientCertificateId DeploymentId Description DocumentationVersion MethodSettings*>MethodSetting
    RestApiId! StageName Tags*>Tag TracingEnabled Variables
  Tag: Key! Value!
  MethodSetting: CacheDataEncrypted CacheTtlInSeconds CachingEnabled DataTraceEnabled HttpMethod
    LoggingLevel MetricsEnabled ResourcePath ThrottlingBurstLimit ThrottlingRateLimit
  CanarySetting: DeploymentId PercentTraffic StageVariableOverrides UseStageCache
  AccessLogSetting: DestinationArn Format
AWS::ApiGateway::UsagePlan = Id
  -: ApiStages*>ApiStage Description Quota>QuotaSettings Tags*>Tag Throttle>ThrottleSettings
    UsagePlanName
  Tag: Key! Value!
  QuotaSettings: Limit Offset Period
  ApiStage: ApiId Stage Throttle#>ThrottleSettings
  ThrottleSettings: BurstLimit RateLimit
AWS::ApiGateway::UsagePlanKey = Id
  -: KeyId! KeyType! UsagePlanId!
AWS::ApiGatewayV2::Api = ApiEndpoint ApiId
  -: ApiKeySelectionExpression BasePath Body BodyS3Location>BodyS3Location CorsConfiguration>Cors
    CredentialsArn Description DisableExecuteApiEndpoint DisableSchemaValidation FailOnWarnings
    IpAddressType Name ProtocolType RouteKey RouteSelectionExpression Tags Target Version
  Cors: AllowCredentials AllowHeaders AllowMethods AllowOrigins ExposeHeaders MaxAge
  BodyS3Location: Bucket Etag Key Version
AWS::ApiGatewayV2::Authorizer = AuthorizerId
  -: ApiId! AuthorizerCredentialsArn AuthorizerPayloadFormatVersion AuthorizerResultTtlInSeconds
    AuthorizerType! AuthorizerUri EnableSimpleResponses IdentitySource IdentityValidationExpression
    JwtConfiguration>JWTConfiguration Name!
  JWTConfiguration: Audience Issuer
AWS::ApiGatewayV2::Deployment = DeploymentId
  -: ApiId! Description StageName
AWS::ApiGatewayV2::Integration = IntegrationId
  -: ApiId! ConnectionId ConnectionType ContentHandlingStrategy CredentialsArn Description
    IntegrationMethod IntegrationSubtype IntegrationType! IntegrationUri PassthroughBehavior
    PayloadFormatVersion RequestParameters RequestTemplates ResponseParameters#>ResponseParameterMap
    TemplateSelectionExpression TimeoutInMillis TlsConfig>TlsConfig
  TlsConfig: ServerNameToVerify
  ResponseParameterMap: ResponseParameters*>ResponseParameter
  ResponseParameter: Destination Source
AWS::ApiGatewayV2::Route = RouteId
  -: ApiId! ApiKeyRequired AuthorizationScopes AuthorizationType AuthorizerId ModelSelectionExpression
    OperationName RequestModels RequestParameters RouteKey! RouteResponseSelectionExpression Target
AWS::ApiGatewayV2::Stage = Id
  -: AccessLogSettings>AccessLogSettings ApiId! AutoDeploy ClientCertificateId
    DefaultRouteSettings>RouteSettings DeploymentId Description RouteSettings StageName! StageVariables
    Tags
  RouteSettings: DataTraceEnabled DetailedMetricsEnabled LoggingLevel ThrottlingBurstLimit
    ThrottlingRateLimit
  AccessLogSettings: DestinationArn Format
AWS::CloudFormation::Stack = StackId
  -: NotificationARNs Parameters Tags*>Tag TemplateURL! TimeoutInMinutes
  Tag: Key! Value!
AWS::CloudFront::Distribution = DomainName Id
  -: DistributionConfig!>DistributionConfig Tags*>Tag
  Tag: Key! Value!
  DistributionConfig: Aliases AnycastIpListId CNAMEs CacheBehaviors*>CacheBehavior
    CacheTagConfig>CacheTagConfig Comment ConnectionFunctionAssociation>ConnectionFunctionAssociation
    ConnectionMode ContinuousDeploymentPolicyId CustomErrorResponses*>CustomErrorResponse
    CustomOrigin>LegacyCustomOrigin DefaultCacheBehavior!>DefaultCacheBehavior DefaultRootObject
    Enabled! HttpVersion IPV6Enabled Logging>Logging OriginGroups>OriginGroups Origins*>Origin
    PriceClass Restrictions>Restrictions S3Origin>LegacyS3Origin Staging TenantConfig>TenantConfig
    ViewerCertificate>ViewerCertificate ViewerMtlsConfig>ViewerMtlsConfig WebACLId
  ViewerMtlsConfig: Mode TrustStoreConfig>TrustStoreConfig
  TrustStoreConfig: AdvertiseTrustStoreCaNames IgnoreCertificateExpiry TrustStoreId!
  ViewerCertificate: AcmCertificateArn CloudFrontDefaultCertificate IamCertificateId
    MinimumProtocolVersion SslSupportMethod
  TenantConfig: ParameterDefinitions*>ParameterDefinition
  ParameterDefinition: Definition!>Definition Name!
  Definition: StringSchema>StringSchema
  StringSchema: Comment DefaultValue Required!
  LegacyS3Origin: DNSName! OriginAccessIdentity
  Restrictions: GeoRestriction!>GeoRestriction
  GeoRestriction: Locations RestrictionType!
  Origin: ConnectionAttempts ConnectionTimeout CustomOriginConfig>CustomOriginConfig DomainName! Id!
    OriginAccessControlId OriginCustomHeaders*>OriginCustomHeader OriginPath OriginShield>OriginShield
    ResponseCompletionTimeout S3OriginConfig>S3OriginConfig VpcOriginConfig>VpcOriginConfig
  VpcOriginConfig: OriginKeepaliveTimeout OriginReadTimeout OwnerAccountId VpcOriginId!
  S3OriginConfig: OriginAccessIdentity OriginReadTimeout
  OriginShield: Enabled OriginShieldRegion
  OriginCustomHeader: HeaderName! HeaderValue!
  CustomOriginConfig: HTTPPort HTTPSPort IpAddressType OriginKeepaliveTimeout
    OriginMtlsConfig>OriginMtlsConfig OriginProtocolPolicy! OriginReadTimeout OriginSSLProtocols
  OriginMtlsConfig: ClientCertificateArn!
  OriginGroups: Items*>OriginGroup Quantity!
  OriginGroup: FailoverCriteria!>OriginGroupFailoverCriteria Id! Members!>OriginGroupMembers
    SelectionCriteria
  OriginGroupMembers: Items!*>OriginGroupMember Quantity!
  OriginGroupMember: OriginId!
  OriginGroupFailoverCriteria: StatusCodes!>StatusCodes
  StatusCodes: Items! Quantity!
  Logging: Bucket IncludeCookies Prefix
  DefaultCacheBehavior: AllowedMethods CachePolicyId CachedMethods Compress DefaultTTL
    FieldLevelEncryptionId ForwardedValues>ForwardedValues FunctionAssociations*>FunctionAssociation
    GrpcConfig>GrpcConfig LambdaFunctionAssociations*>LambdaFunctionAssociation MaxTTL MinTTL
    OriginRequestPolicyId RealtimeLogConfigArn ResponseHeadersPolicyId SmoothStreaming TargetOriginId!
    TrustedKeyGroups TrustedSigners ViewerProtocolPolicy!
  LegacyCustomOrigin: DNSName! HTTPPort HTTPSPort OriginProtocolPolicy! OriginSSLProtocols!
  CustomErrorResponse: ErrorCachingMinTTL ErrorCode! ResponseCode ResponsePagePath
  ConnectionFunctionAssociation: Id!
  CacheTagConfig: HeaderName!
  CacheBehavior: AllowedMethods CachePolicyId CachedMethods Compress DefaultTTL FieldLevelEncryptionId
    ForwardedValues>ForwardedValues FunctionAssociations*>FunctionAssociation GrpcConfig>GrpcConfig
    LambdaFunctionAssociations*>LambdaFunctionAssociation MaxTTL MinTTL OriginRequestPolicyId
    PathPattern! RealtimeLogConfigArn ResponseHeadersPolicyId SmoothStreaming TargetOriginId!
    TrustedKeyGroups TrustedSigners ViewerProtocolPolicy!
  LambdaFunctionAssociation: EventType IncludeBody LambdaFunctionARN
  GrpcConfig: Enabled!
  FunctionAssociation: EventType FunctionARN
  ForwardedValues: Cookies>Cookies Headers QueryString! QueryStringCacheKeys
  Cookies: Forward! WhitelistedNames
AWS::Cognito::IdentityPool = Id Name
  -: AllowClassicFlow AllowUnauthenticatedIdentities! CognitoEvents
    CognitoIdentityProviders*>CognitoIdentityProvider CognitoStreams>CognitoStreams
    DeveloperProviderName IdentityPoolName IdentityPoolTags*>Tag OpenIdConnectProviderARNs
    PushSync>PushSync SamlProviderARNs SupportedLoginProviders
  PushSync: ApplicationArns RoleArn
  Tag: Key! Value!
  CognitoStreams: RoleArn StreamName StreamingStatus
  CognitoIdentityProvider: ClientId! ProviderName! ServerSideTokenCheck
AWS::Cognito::IdentityPoolRoleAttachment = Id
  -: IdentityPoolId! RoleMappings#>RoleMapping Roles
  RoleMapping: AmbiguousRoleResolution IdentityProvider RulesConfiguration>RulesConfigurationType Type!
  RulesConfigurationType: Rules!*>MappingRule
  MappingRule: Claim! MatchType! RoleARN! Value!
AWS::Cognito::UserPool = Arn ProviderName ProviderURL UserPoolId
  -: AccountRecoverySetting>AccountRecoverySetting AdminCreateUserConfig>AdminCreateUserConfig
    AliasAttributes AutoVerifiedAttributes DeletionProtection DeviceConfiguration>DeviceConfiguration
    EmailAuthenticationMessage EmailAuthenticationSubject EmailConfiguration>EmailConfiguration
    EmailVerificationMessage EmailVerificationSubject EnabledMfas LambdaConfig>LambdaConfig
    MfaConfiguration Policies>Policies Schema*>SchemaAttribute SmsAuthenticationMessage
    SmsConfiguration>SmsConfiguration SmsVerificationMessage
    UserAttributeUpdateSettings>UserAttributeUpdateSettings UserPoolAddOns>UserPoolAddOns UserPoolName
    UserPoolTags UserPoolTier UsernameAttributes UsernameConfiguration>UsernameConfiguration
    VerificationMessageTemplate>VerificationMessageTemplate WebAuthnFactorConfiguration
    WebAuthnRelyingPartyID WebAuthnUserVerification
  VerificationMessageTemplate: DefaultEmailOption EmailMessage EmailMessageByLink EmailSubject
    EmailSubjectByLink SmsMessage
  UsernameConfiguration: CaseSensitive
  UserPoolAddOns: AdvancedSecurityAdditionalFlows>AdvancedSecurityAdditionalFlows AdvancedSecurityMode
  AdvancedSecurityAdditionalFlows: CustomAuthMode
  UserAttributeUpdateSettings: AttributesRequireVerificationBeforeUpdate!
  SmsConfiguration: ExternalId SnsCallerArn SnsRegion
  SchemaAttribute: AttributeDataType DeveloperOnlyAttribute Mutable Name
    NumberAttributeConstraints>NumberAttributeConstraints Required
    StringAttributeConstraints>StringAttributeConstraints
  StringAttributeConstraints: MaxLength MinLength
  NumberAttributeConstraints: MaxValue MinValue
  Policies: PasswordPolicy>PasswordPolicy SignInPolicy>SignInPolicy
  SignInPolicy: AllowedFirstAuthFactors
  PasswordPolicy: MinimumLength PasswordHistorySize RequireLowercase RequireNumbers RequireSymbols
    RequireUppercase TemporaryPasswordValidityDays
  LambdaConfig: CreateAuthChallenge CustomEmailSender>CustomEmailSender CustomMessage
    CustomSMSSender>CustomSMSSender DefineAuthChallenge InboundFederation>InboundFederation KMSKeyID
    PostAuthentication PostConfirmation PreAuthentication PreSignUp PreTokenGeneration
    PreTokenGenerationConfig>PreTokenGenerationConfig UserMigration VerifyAuthChallengeResponse
  PreTokenGenerationConfig: LambdaArn LambdaVersion
  InboundFederation: LambdaArn LambdaVersion
  CustomSMSSender: LambdaArn LambdaVersion
  CustomEmailSender: LambdaArn LambdaVersion
  EmailConfiguration: ConfigurationSet EmailSendingAccount From ReplyToEmailAddress SourceArn
  DeviceConfiguration: ChallengeRequiredOnNewDevice DeviceOnlyRememberedOnUserPrompt
  AdminCreateUserConfig: AllowAdminCreateUserOnly InviteMessageTemplate>InviteMessageTemplate
    UnusedAccountValidityDays
  InviteMessageTemplate: EmailMessage EmailSubject SMSMessage
  AccountRecoverySetting: RecoveryMechanisms*>RecoveryOption
  RecoveryOption: Name Priority
AWS::Cognito::UserPoolClient = ClientId ClientSecret Name
  -: AccessTokenValidity AllowedOAuthFlows AllowedOAuthFlowsUserPoolClient AllowedOAuthScopes
    AnalyticsConfiguration>AnalyticsConfiguration AuthSessionValidity CallbackURLs ClientName
    DefaultRedirectURI EnablePropagateAdditionalUserContextData EnableTokenRevocation ExplicitAuthFlows
    GenerateSecret IdTokenValidity LogoutURLs PreventUserExistenceErrors ReadAttributes
    RefreshTokenRotation RefreshTokenValidity SupportedIdentityProviders
    TokenValidityUnits>TokenValidityUnits UserPoolId! WriteAttributes
  TokenValidityUnits: AccessToken IdToken RefreshToken
  AnalyticsConfiguration: ApplicationArn ApplicationId ExternalId RoleArn UserDataShared
AWS::Cognito::UserPoolDomain = CloudFrontDistribution
  -: CustomDomainConfig>CustomDomainConfigType Domain! ManagedLoginVersion UserPoolId!
  CustomDomainConfigType: CertificateArn
AWS::Cognito::UserPoolGroup
  -: Description GroupName Precedence RoleArn UserPoolId!
AWS::Cognito::UserPoolIdentityProvider
  -: AttributeMapping IdpIdentifiers ProviderDetails! ProviderName! ProviderType! UserPoolId!
AWS::Cognito::UserPoolResourceServer
  -: Identifier! Name! Scopes*>ResourceServerScopeType UserPoolId!
  ResourceServerScopeType: ScopeDescription! ScopeName!
AWS::Cognito::UserPoolUser
  -: ClientMetadata DesiredDeliveryMediums ForceAliasCreation MessageAction
    UserAttributes*>AttributeType UserPoolId! Username ValidationData*>AttributeType
  AttributeType: Name Value
AWS::Cognito::UserPoolUserToGroupAttachment
  -: GroupName! UserPoolId! Username!
AWS::DynamoDB::GlobalTable = Arn StreamArn TableId
  -: AttributeDefinitions*>AttributeDefinition BillingMode GlobalSecondaryIndexes*>GlobalSecondaryIndex
    GlobalTableSourceArn GlobalTableWitnesses*>GlobalTableWitness KeySchema*>KeySchema
    LocalSecondaryIndexes*>LocalSecondaryIndex MultiRegionConsistency
    ReadOnDemandThroughputSettings>ReadOnDemandThroughputSettings
    ReadProvisionedThroughputSettings>GlobalReadProvisionedThroughputSettings
    Replicas!*>ReplicaSpecification SSESpecification>SSESpecification
    StreamSpecification>StreamSpecification TableName TimeToLiveSpecification>TimeToLiveSpecification
    WarmThroughput>WarmThroughput WriteOnDemandThroughputSettings>WriteOnDemandThroughputSettings
    WriteProvisionedThroughputSettings>WriteProvisionedThroughputSettings
  TimeToLiveSpecification: AttributeName Enabled!
  StreamSpecification: StreamViewType!
  SSESpecification: SSEEnabled! SSEType
  ReplicaSpecification: ContributorInsightsSpecification>ContributorInsightsSpecification
    DeletionProtectionEnabled GlobalSecondaryIndexes*>ReplicaGlobalSecondaryIndexSpecification
    GlobalTableSettingsReplicationMode KinesisStreamSpecification>KinesisStreamSpecification
    PointInTimeRecoverySpecification>PointInTimeRecoverySpecification
    ReadOnDemandThroughputSettings>ReadOnDemandThroughputSettings
    ReadProvisionedThroughputSettings>ReadProvisionedThroughputSettings Region!
    ReplicaStreamSpecification>ReplicaStreamSpecification ResourcePolicy>ResourcePolicy
    SSESpecification>ReplicaSSESpecification TableClass Tags*>Tag
  Tag: Key! Value!
  ReplicaSSESpecification: KMSMasterKeyId!
  ReplicaStreamSpecification: ResourcePolicy!>ResourcePolicy
  ResourcePolicy: PolicyDocument!
  PointInTimeRecoverySpecification: PointInTimeRecoveryEnabled RecoveryPeriodInDays
  KinesisStreamSpecification: ApproximateCreationDateTimePrecision StreamArn!
  ReplicaGlobalSecondaryIndexSpecification:
    ContributorInsightsSpecification>ContributorInsightsSpecification IndexName!
    ReadOnDemandThroughputSettings>ReadOnDemandThroughputSettings
    ReadProvisionedThroughputSettings>ReadProvisionedThroughputSettings
  ReadProvisionedThroughputSettings: ReadCapacityAutoScalingSettings>CapacityAutoScalingSettings
    ReadCapacityUnits
  ContributorInsightsSpecification: Enabled! Mode
  LocalSecondaryIndex: IndexName! KeySchema!*>KeySchema Projection!>Projection
  GlobalTableWitness: Region
  GlobalSecondaryIndex: IndexName! KeySchema!*>KeySchema Projection!>Projection
    ReadOnDemandThroughputSettings>ReadOnDemandThroughputSettings
    ReadProvisionedThroughputSettings>GlobalReadProvisionedThroughputSettings
    WarmThroughput>WarmThroughput WriteOnDemandThroughputSettings>WriteOnDemandThroughputSettings
    WriteProvisionedThroughputSettings>WriteProvisionedThroughputSettings
  WriteProvisionedThroughputSettings: WriteCapacityAutoScalingSettings>CapacityAutoScalingSettings
  CapacityAutoScalingSettings: MaxCapacity! MinCapacity! SeedCapacity
    TargetTrackingScalingPolicyConfiguration!>TargetTrackingScalingPolicyConfiguration
  TargetTrackingScalingPolicyConfiguration: DisableScaleIn ScaleInCooldown ScaleOutCooldown TargetValue!
  WriteOnDemandThroughputSettings: MaxWriteRequestUnits
  WarmThroughput: ReadUnitsPerSecond WriteUnitsPerSecond
  GlobalReadProvisionedThroughputSettings: ReadCapacityUnits
  ReadOnDemandThroughputSettings: MaxReadRequestUnits
  Projection: NonKeyAttributes ProjectionType
  KeySchema: AttributeName! KeyType!
  AttributeDefinition: AttributeName! AttributeType!
AWS::DynamoDB::Table = Arn StreamArn
  -: AttributeDefinitions*>AttributeDefinition BillingMode
    ContributorInsightsSpecification>ContributorInsightsSpecification DeletionProtectionEnabled
    GlobalSecondaryIndexes*>GlobalSecondaryIndex ImportSourceSpecification>ImportSourceSpecification
    KeySchema! KinesisStreamSpecification>KinesisStreamSpecification
    LocalSecondaryIndexes*>LocalSecondaryIndex OnDemandThroughput>OnDemandThroughput
    PointInTimeRecoverySpecification>PointInTimeRecoverySpecification
    ProvisionedThroughput>ProvisionedThroughput ResourcePolicy>ResourcePolicy
    SSESpecification>SSESpecification StreamSpecification>StreamSpecification TableClass TableName
    Tags*>Tag TimeToLiveSpecification>TimeToLiveSpecification WarmThroughput>WarmThroughput
  TimeToLiveSpecification: AttributeName Enabled!
  Tag: Key! Value!
  StreamSpecification: ResourcePolicy>ResourcePolicy StreamViewType!
  SSESpecification: KMSMasterKeyId SSEEnabled! SSEType
  ResourcePolicy: PolicyDocument!
  PointInTimeRecoverySpecification: PointInTimeRecoveryEnabled RecoveryPeriodInDays
  LocalSecondaryIndex: IndexName! KeySchema!*>KeySchema Projection!>Projection
  KinesisStreamSpecification: ApproximateCreationDateTimePrecision StreamArn!
  ImportSourceSpecification: InputCompressionType InputFormat! InputFormatOptions>InputFormatOptions
    S3BucketSource!>S3BucketSource
  S3BucketSource: S3Bucket! S3BucketOwner S3KeyPrefix
  InputFormatOptions: Csv>Csv
  Csv: Delimiter HeaderList
  GlobalSecondaryIndex: ContributorInsightsSpecification>ContributorInsightsSpecification IndexName!
    KeySchema!*>KeySchema OnDemandThroughput>OnDemandThroughput Projection!>Projection
    ProvisionedThroughput>ProvisionedThroughput WarmThroughput>WarmThroughput
  WarmThroughput: ReadUnitsPerSecond WriteUnitsPerSecond
  ProvisionedThroughput: ReadCapacityUnits! WriteCapacityUnits!
  Projection: NonKeyAttributes ProjectionType
  OnDemandThroughput: MaxReadRequestUnits MaxWriteRequestUnits
  KeySchema: AttributeName! KeyType!
  ContributorInsightsSpecification: Enabled! Mode
  AttributeDefinition: AttributeName! AttributeType!
AWS::Events::EventBus = Arn
  -: DeadLetterConfig>DeadLetterConfig Description EventSourceName KmsKeyIdentifier LogConfig>LogConfig
    Name! Policy Tags*>Tag
  Tag: Key! Value!
  LogConfig: IncludeDetail Level
  DeadLetterConfig: Arn
AWS::Events::Rule = Arn
  -: Description EventBusName EventPattern Name RoleArn ScheduleExpression State Tags*>Tag
    Targets*>Target
  Target: AppSyncParameters>AppSyncParameters Arn! BatchParameters>BatchParameters
    DeadLetterConfig>DeadLetterConfig EcsParameters>EcsParameters HttpParameters>HttpParameters Id!
    Input InputPath InputTransformer>InputTransformer KinesisParameters>KinesisParameters
    RedshiftDataParameters>RedshiftDataParameters RetryPolicy>RetryPolicy RoleArn
    RunCommandParameters>RunCommandParameters SageMakerPipelineParameters>SageMakerPipelineParameters
    SqsParameters>SqsParameters
  SqsParameters: MessageGroupId!
  SageMakerPipelineParameters: PipelineParameterList*>SageMakerPipelineParameter
  SageMakerPipelineParameter: Name! Value!
  RunCommandParameters: RunCommandTargets!*>RunCommandTarget
  RunCommandTarget: Key! Values!
  RetryPolicy: MaximumEventAgeInSeconds MaximumRetryAttempts
  RedshiftDataParameters: Database! DbUser SecretManagerArn Sql Sqls StatementName WithEvent
  KinesisParameters: PartitionKeyPath!
  InputTransformer: InputPathsMap InputTemplate!
  HttpParameters: HeaderParameters PathParameterValues QueryStringParameters
  EcsParameters: CapacityProviderStrategy*>CapacityProviderStrategyItem EnableECSManagedTags
    EnableExecuteCommand Group LaunchType NetworkConfiguration>NetworkConfiguration
    PlacementConstraints*>PlacementConstraint PlacementStrategies*>PlacementStrategy PlatformVersion
    PropagateTags ReferenceId TagList*>Tag TaskCount TaskDefinitionArn!
  PlacementStrategy: Field Type
  PlacementConstraint: Expression Type
  NetworkConfiguration: AwsVpcConfiguration>AwsVpcConfiguration
  AwsVpcConfiguration: AssignPublicIp SecurityGroups Subnets!
  CapacityProviderStrategyItem: Base CapacityProvider! Weight
  DeadLetterConfig: Arn
  BatchParameters: ArrayProperties>BatchArrayProperties JobDefinition! JobName!
    RetryStrategy>BatchRetryStrategy
  BatchRetryStrategy: Attempts
  BatchArrayProperties: Size
  AppSyncParameters: GraphQLOperation!
  Tag: Key Value
AWS::IAM::ManagedPolicy = AttachmentCount CreateDate DefaultVersionId IsAttachable PermissionsBoundaryUsageCount PolicyArn PolicyId UpdateDate
  -: Description Groups ManagedPolicyName Path PolicyDocument! Roles Users
AWS::IAM::Policy = Id
  -: Groups PolicyDocument! PolicyName! Roles Users
AWS::IAM::Role = Arn RoleId
  -: AssumeRolePolicyDocument! Description ManagedPolicyArns MaxSessionDuration Path PermissionsBoundary
    Policies*>Policy RoleName Tags*>Tag
  Tag: Key! Value!
  Policy: PolicyDocument! PolicyName!
AWS::IAM::User = Arn
  -: Groups LoginProfile>LoginProfile ManagedPolicyArns Path PermissionsBoundary Policies*>Policy
    Tags*>Tag UserName
  Tag: Key! Value!
  Policy: PolicyDocument! PolicyName!
  LoginProfile: Password! PasswordResetRequired
AWS::Lambda::Alias = AliasArn
  -: Description FunctionName! FunctionVersion! Name!
    ProvisionedConcurrencyConfig>ProvisionedConcurrencyConfiguration
    RoutingConfig>AliasRoutingConfiguration
  AliasRoutingConfiguration: AdditionalVersionWeights*>VersionWeight
  VersionWeight: FunctionVersion! FunctionWeight!
  ProvisionedConcurrencyConfiguration: ProvisionedConcurrentExecutions!
AWS::Lambda::EventInvokeConfig
  -: DestinationConfig>DestinationConfig FunctionName! MaximumEventAgeInSeconds MaximumRetryAttempts
    Qualifier!
  DestinationConfig: OnFailure>OnFailure OnSuccess>OnSuccess
  OnSuccess: Destination!
  OnFailure: Destination!
AWS::Lambda::EventSourceMapping = EventSourceMappingArn Id
  -: AmazonManagedKafkaEventSourceConfig>AmazonManagedKafkaEventSourceConfig BatchSize
    BisectBatchOnFunctionError DestinationConfig>DestinationConfig
    DocumentDBEventSourceConfig>DocumentDBEventSourceConfig Enabled EventSourceArn
    FilterCriteria>FilterCriteria FunctionName! FunctionResponseTypes KmsKeyArn
    LoggingConfig>LoggingConfig MaximumBatchingWindowInSeconds MaximumRecordAgeInSeconds
    MaximumRetryAttempts MetricsConfig>MetricsConfig ParallelizationFactor
    ProvisionedPollerConfig>ProvisionedPollerConfig Queues ScalingConfig>ScalingConfig
    SelfManagedEventSource>SelfManagedEventSource
    SelfManagedKafkaEventSourceConfig>SelfManagedKafkaEventSourceConfig
    SourceAccessConfigurations*>SourceAccessConfiguration StartingPosition StartingPositionTimestamp
    Tags*>Tag Topics TumblingWindowInSeconds
  Tag: Key! Value
  SourceAccessConfiguration: Type URI
  SelfManagedKafkaEventSourceConfig: ConsumerGroupId SchemaRegistryConfig>SchemaRegistryConfig
  SelfManagedEventSource: Endpoints>Endpoints
  Endpoints: KafkaBootstrapServers
  ScalingConfig: MaximumConcurrency
  ProvisionedPollerConfig: MaximumPollers MinimumPollers PollerGroupName
  MetricsConfig: Metrics
  LoggingConfig: SystemLogLevel
  FilterCriteria: Filters*>Filter
  Filter: Pattern
  DocumentDBEventSourceConfig: CollectionName DatabaseName FullDocument
  DestinationConfig: OnFailure>OnFailure
  OnFailure: Destination
  AmazonManagedKafkaEventSourceConfig: ConsumerGroupId SchemaRegistryConfig>SchemaRegistryConfig
  SchemaRegistryConfig: AccessConfigs*>SchemaRegistryAccessConfig EventRecordFormat SchemaRegistryURI
    SchemaValidationConfigs*>SchemaValidationConfig
  SchemaValidationConfig: Attribute
  SchemaRegistryAccessConfig: Type URI
AWS::Lambda::Function = Arn SnapStartResponse SnapStartResponse.ApplyOn SnapStartResponse.OptimizationStatus
  -: Architectures CapacityProviderConfig>CapacityProviderConfig Code!>Code CodeSigningConfigArn
    DeadLetterConfig>DeadLetterConfig Description DurableConfig>DurableConfig Environment>Environment
    EphemeralStorage>EphemeralStorage FileSystemConfigs*>FileSystemConfig FunctionName
    FunctionScalingConfig>FunctionScalingConfig Handler ImageConfig>ImageConfig KmsKeyArn Layers
    LoggingConfig>LoggingConfig MemorySize PackageType PublishToLatestPublished RecursiveLoop
    ReservedConcurrentExecutions Role! Runtime RuntimeManagementConfig>RuntimeManagementConfig
    SnapStart>SnapStart Tags*>Tag TenancyConfig>TenancyConfig Timeout TracingConfig>TracingConfig
    VpcConfig>VpcConfig
  VpcConfig: Ipv6AllowedForDualStack SecurityGroupIds SubnetIds
  TracingConfig: Mode
  TenancyConfig: TenantIsolationMode!
  Tag: Key! Value
  SnapStart: ApplyOn!
  RuntimeManagementConfig: RuntimeVersionArn UpdateRuntimeOn!
  LoggingConfig: ApplicationLogLevel LogFormat LogGroup SystemLogLevel
  ImageConfig: Command EntryPoint WorkingDirectory
  FunctionScalingConfig: MaxExecutionEnvironments MinExecutionEnvironments
  FileSystemConfig: Arn! LocalMountPath!
  EphemeralStorage: Size!
  Environment: Variables
  DurableConfig: ExecutionTimeout! RetentionPeriodInDays
  DeadLetterConfig: TargetArn
  Code: ImageUri S3Bucket S3Key S3ObjectStorageMode S3ObjectVersion SourceKMSKeyArn ZipFile
  CapacityProviderConfig:
    LambdaManagedInstancesCapacityProviderConfig!>LambdaManagedInstancesCapacityProviderConfig
  LambdaManagedInstancesCapacityProviderConfig: CapacityProviderArn!
    ExecutionEnvironmentMemoryGiBPerVCpu PerExecutionEnvironmentMaxConcurrency
AWS::Lambda::LayerVersion = LayerVersionArn
  -: CompatibleArchitectures CompatibleRuntimes Content!>Content Description LayerName LicenseInfo
  Content: S3Bucket! S3Key! S3ObjectVersion
AWS::Lambda::Permission = Id
  -: Action! EventSourceToken FunctionName! FunctionUrlAuthType InvokedViaFunctionUrl Principal!
    PrincipalOrgID SourceAccount SourceArn
AWS::Lambda::Url = FunctionArn FunctionUrl
  -: AuthType! Cors>Cors InvokeMode Qualifier TargetFunctionArn!
  Cors: AllowCredentials AllowHeaders AllowMethods AllowOrigins ExposeHeaders MaxAge
AWS::Lambda::Version = FunctionArn Version
  -: CodeSha256 Description FunctionName! FunctionScalingConfig>FunctionScalingConfig
    ProvisionedConcurrencyConfig>ProvisionedConcurrencyConfiguration RuntimePolicy>RuntimePolicy
  RuntimePolicy: RuntimeVersionArn UpdateRuntimeOn!
  ProvisionedConcurrencyConfiguration: ProvisionedConcurrentExecutions!
  FunctionScalingConfig: MaxExecutionEnvironments MinExecutionEnvironments
AWS::Logs::LogGroup = Arn
  -: BearerTokenAuthenticationEnabled DataProtectionPolicy DeletionProtectionEnabled FieldIndexPolicies
    KmsKeyId LogGroupClass LogGroupName ResourcePolicyDocument RetentionInDays Tags*>Tag
  Tag: Key! Value!
AWS::S3::Bucket = Arn DomainName DualStackDomainName MetadataConfiguration.Destination MetadataConfiguration.InventoryTableConfiguration.TableArn MetadataConfiguration.InventoryTableConfiguration.TableName MetadataConfiguration.JournalTableConfiguration.TableArn MetadataConfiguration.JournalTableConfiguration.TableName MetadataTableConfiguration.S3TablesDestination.TableArn MetadataTableConfiguration.S3TablesDestination.TableNamespace RegionalDomainName WebsiteURL
  -: AbacStatus AccelerateConfiguration>AccelerateConfiguration AccessControl
    AnalyticsConfigurations*>AnalyticsConfiguration BucketEncryption>BucketEncryption BucketName
    BucketNamePrefix BucketNamespace CorsConfiguration>CorsConfiguration
    IntelligentTieringConfigurations*>IntelligentTieringConfiguration
    InventoryConfigurations*>InventoryConfiguration LifecycleConfiguration>LifecycleConfiguration
    LoggingConfiguration>LoggingConfiguration MetadataConfiguration>MetadataConfiguration
    MetadataTableConfiguration>MetadataTableConfiguration MetricsConfigurations*>MetricsConfiguration
    NotificationConfiguration>NotificationConfiguration ObjectLockConfiguration>ObjectLockConfiguration
    ObjectLockEnabled OwnershipControls>OwnershipControls
    PublicAccessBlockConfiguration>PublicAccessBlockConfiguration
    ReplicationConfiguration>ReplicationConfiguration Tags*>Tag
    VersioningConfiguration>VersioningConfiguration WebsiteConfiguration>WebsiteConfiguration
  WebsiteConfiguration: ErrorDocument IndexDocument RedirectAllRequestsTo>RedirectAllRequestsTo
    RoutingRules*>RoutingRule
  RoutingRule: RedirectRule!>RedirectRule RoutingRuleCondition>RoutingRuleCondition
  RoutingRuleCondition: HttpErrorCodeReturnedEquals KeyPrefixEquals
  RedirectRule: HostName HttpRedirectCode Protocol ReplaceKeyPrefixWith ReplaceKeyWith
  RedirectAllRequestsTo: HostName! Protocol
  VersioningConfiguration: Status!
  Tag: Key! Value!
  ReplicationConfiguration: Role! Rules!*>ReplicationRule
  ReplicationRule: DeleteMarkerReplication>DeleteMarkerReplication Destination!>ReplicationDestination
    Filter>ReplicationRuleFilter Id Prefix Priority SourceSelectionCriteria>SourceSelectionCriteria
    Status!
  SourceSelectionCriteria: ReplicaModifications>ReplicaModifications
    SseKmsEncryptedObjects>SseKmsEncryptedObjects
  SseKmsEncryptedObjects: Status!
  ReplicaModifications: Status!
  ReplicationRuleFilter: And>ReplicationRuleAndOperator Prefix TagFilter>TagFilter
  ReplicationRuleAndOperator: Prefix TagFilters*>TagFilter
  ReplicationDestination: AccessControlTranslation>AccessControlTranslation Account Bucket!
    EncryptionConfiguration>EncryptionConfiguration Metrics>Metrics ReplicationTime>ReplicationTime
    StorageClass
  ReplicationTime: Status! Time!>ReplicationTimeValue
  Metrics: EventThreshold>ReplicationTimeValue Status!
  ReplicationTimeValue: Minutes!
  EncryptionConfiguration: ReplicaKmsKeyID!
  AccessControlTranslation: Owner!
  DeleteMarkerReplication: Status
  PublicAccessBlockConfiguration: BlockPublicAcls BlockPublicPolicy IgnorePublicAcls
    RestrictPublicBuckets
  OwnershipControls: Rules!*>OwnershipControlsRule
  OwnershipControlsRule: ObjectOwnership
  ObjectLockConfiguration: ObjectLockEnabled Rule>ObjectLockRule
  ObjectLockRule: DefaultRetention>DefaultRetention
  DefaultRetention: Days Mode Years
  NotificationConfiguration: EventBridgeConfiguration>EventBridgeConfiguration
    LambdaConfigurations*>LambdaConfiguration QueueConfigurations*>QueueConfiguration
    TopicConfigurations*>TopicConfiguration
  TopicConfiguration: Event! Filter>NotificationFilter Topic!
  QueueConfiguration: Event! Filter>NotificationFilter Queue!
  LambdaConfiguration: Event! Filter>NotificationFilter Function!
  NotificationFilter: S3Key!>S3KeyFilter
  S3KeyFilter: Rules!*>FilterRule
  FilterRule: Name! Value!
  EventBridgeConfiguration: EventBridgeEnabled!
  MetricsConfiguration: AccessPointArn Id! Prefix TagFilters*>TagFilter
  MetadataTableConfiguration: S3TablesDestination!>S3TablesDestination
  S3TablesDestination: TableArn TableBucketArn! TableName! TableNamespace
  MetadataConfiguration: Destination>MetadataDestination
    InventoryTableConfiguration>InventoryTableConfiguration
    JournalTableConfiguration!>JournalTableConfiguration
  JournalTableConfiguration: EncryptionConfiguration>MetadataTableEncryptionConfiguration
    RecordExpiration!>RecordExpiration TableArn TableName
  RecordExpiration: Days Expiration!
  InventoryTableConfiguration: ConfigurationState!
    EncryptionConfiguration>MetadataTableEncryptionConfiguration TableArn TableName
  MetadataTableEncryptionConfiguration: KmsKeyArn SseAlgorithm!
  MetadataDestination: TableBucketArn TableBucketType! TableNamespace
  LoggingConfiguration: DestinationBucketName LogFilePrefix TargetObjectKeyFormat
  LifecycleConfiguration: Rules!*>Rule TransitionDefaultMinimumObjectSize
  Rule: AbortIncompleteMultipartUpload>AbortIncompleteMultipartUpload ExpirationDate ExpirationInDays
    ExpiredObjectDeleteMarker Id NoncurrentVersionExpiration>NoncurrentVersionExpiration
    NoncurrentVersionExpirationInDays NoncurrentVersionTransition>NoncurrentVersionTransition
    NoncurrentVersionTransitions*>NoncurrentVersionTransition ObjectSizeGreaterThan ObjectSizeLessThan
    Prefix Status! TagFilters*>TagFilter Transition>Transition Transitions*>Transition
  Transition: StorageClass! TransitionDate TransitionInDays
  NoncurrentVersionTransition: NewerNoncurrentVersions StorageClass! TransitionInDays!
  NoncurrentVersionExpiration: NewerNoncurrentVersions NoncurrentDays!
  AbortIncompleteMultipartUpload: DaysAfterInitiation!
  InventoryConfiguration: Destination!>Destination Enabled! Id! IncludedObjectVersions! OptionalFields
    Prefix ScheduleFrequency!
  IntelligentTieringConfiguration: Id! Prefix Status! TagFilters*>TagFilter Tierings!*>Tiering
  Tiering: AccessTier! Days!
  CorsConfiguration: CorsRules!*>CorsRule
  CorsRule: AllowedHeaders AllowedMethods! AllowedOrigins! ExposedHeaders Id MaxAge
  BucketEncryption: ServerSideEncryptionConfiguration!*>ServerSideEncryptionRule
  ServerSideEncryptionRule: BlockedEncryptionTypes>BlockedEncryptionTypes BucketKeyEnabled
    ServerSideEncryptionByDefault>ServerSideEncryptionByDefault
  ServerSideEncryptionByDefault: KMSMasterKeyID SSEAlgorithm!
  BlockedEncryptionTypes: EncryptionType
  AnalyticsConfiguration: Id! Prefix StorageClassAnalysis!>StorageClassAnalysis TagFilters*>TagFilter
  TagFilter: Key! Value!
  StorageClassAnalysis: DataExport>DataExport
  DataExport: Destination!>Destination OutputSchemaVersion!
  Destination: BucketAccountId BucketArn! Format! Prefix
  AccelerateConfiguration: AccelerationStatus!
AWS::S3::BucketPolicy
  -: Bucket! PolicyDocument!
AWS::SNS::Subscription = Arn
  -: DeliveryPolicy Endpoint FilterPolicy FilterPolicyScope Protocol! RawMessageDelivery RedrivePolicy
    Region ReplayPolicy SubscriptionRoleArn TopicArn!
AWS::SNS::Topic = TopicArn
  -: ArchivePolicy ContentBasedDeduplication DataProtectionPolicy DeliveryStatusLogging*>LoggingConfig
    DisplayName FifoThroughputScope FifoTopic KmsMasterKeyId SignatureVersion Subscription*>Subscription
    Tags*>Tag TopicName TracingConfig
  Tag: Key! Value!
  Subscription: Endpoint! Protocol!
  LoggingConfig: FailureFeedbackRoleArn Protocol! SuccessFeedbackRoleArn SuccessFeedbackSampleRate
AWS::SQS::Queue = Arn QueueUrl
  -: ContentBasedDeduplication DeduplicationScope DelaySeconds FifoQueue FifoThroughputLimit
    KmsDataKeyReusePeriodSeconds KmsMasterKeyId MaximumMessageSize MessageRetentionPeriod QueueName
    ReceiveMessageWaitTimeSeconds RedriveAllowPolicy RedrivePolicy>RedrivePolicy SqsManagedSseEnabled
    Tags*>Tag VisibilityTimeout
  Tag: Key! Value!
  RedrivePolicy: deadLetterTargetArn maxReceiveCount
AWS::SQS::QueuePolicy = Id
  -: PolicyDocument! Queues!
AWS::SSM::Parameter
  -: AllowedPattern DataType Description Name Policies Tags Tier Type! Value!
AWS::Scheduler::Schedule = Arn
  -: Description EndDate FlexibleTimeWindow!>FlexibleTimeWindow GroupName KmsKeyArn Name
    ScheduleExpression! ScheduleExpressionTimezone StartDate State Target!>Target
  Target: Arn! DeadLetterConfig>DeadLetterConfig EcsParameters>EcsParameters
    EventBridgeParameters>EventBridgeParameters Input KinesisParameters>KinesisParameters
    RetryPolicy>RetryPolicy RoleArn! SageMakerPipelineParameters>SageMakerPipelineParameters
    SqsParameters>SqsParameters
  SqsParameters: MessageGroupId
  SageMakerPipelineParameters: PipelineParameterList*>SageMakerPipelineParameter
  SageMakerPipelineParameter: Name! Value!
  RetryPolicy: MaximumEventAgeInSeconds MaximumRetryAttempts
  KinesisParameters: PartitionKey!
  EventBridgeParameters: DetailType! Source!
  EcsParameters: CapacityProviderStrategy*>CapacityProviderStrategyItem EnableECSManagedTags
    EnableExecuteCommand Group LaunchType NetworkConfiguration>NetworkConfiguration
    PlacementConstraints*>PlacementConstraint PlacementStrategy*>PlacementStrategy PlatformVersion
    PropagateTags ReferenceId Tags TaskCount TaskDefinitionArn!
  PlacementStrategy: Field Type
  PlacementConstraint: Expression Type
  NetworkConfiguration: AwsvpcConfiguration>AwsVpcConfiguration
  AwsVpcConfiguration: AssignPublicIp SecurityGroups Subnets!
  CapacityProviderStrategyItem: Base CapacityProvider! Weight
  DeadLetterConfig: Arn
  FlexibleTimeWindow: MaximumWindowInMinutes Mode!
AWS::SecretsManager::Secret = Id
  -: Description GenerateSecretString>GenerateSecretString KmsKeyId Name ReplicaRegions*>ReplicaRegion
    SecretString Tags*>Tag Type
  Tag: Key! Value!
  ReplicaRegion: KmsKeyId Region!
  GenerateSecretString: ExcludeCharacters ExcludeLowercase ExcludeNumbers ExcludePunctuation
    ExcludeUppercase GenerateStringKey IncludeSpace PasswordLength RequireEachIncludedType
    SecretStringTemplate
AWS::Serverless::Api
  -: AccessLogSetting AlwaysDeploy ApiKeySourceType Auth>Auth BinaryMediaTypes CacheClusterEnabled
    CacheClusterSize CanarySetting Cors>Cors DefinitionBody DefinitionUri>DefinitionUri Description
    DisableExecuteApiEndpoint Domain>Domain EndpointAccessMode
    EndpointConfiguration>EndpointConfiguration FailOnWarnings GatewayResponses MergeDefinitions
    MethodSettings MinimumCompressionSize Mode Models Name OpenApiVersion Policy PropagateTags
    SecurityPolicy StageName Tags TracingEnabled Variables
  EndpointConfiguration: IpAddressType Type VPCEndpointIds
  Domain: AccessAssociation>AccessAssociation BasePath CertificateArn DomainName EndpointAccessMode
    EndpointConfiguration IpAddressType MutualTlsAuthentication NormalizeBasePath
    OwnershipVerificationCertificateArn Policy Route53>Route53 SecurityPolicy
  Route53: DistributionDomainName EvaluateTargetHealth HostedZoneId HostedZoneName IpV6 Region
    SeparateRecordSetGroup SetIdentifier VpcEndpointDomainName VpcEndpointHostedZoneId
  AccessAssociation: VpcEndpointId
  DefinitionUri: Bucket Key Version
  Cors: AllowCredentials AllowHeaders AllowMethods AllowOrigin MaxAge
  Auth: AddApiKeyRequiredToCorsPreflight AddDefaultAuthorizerToCorsPreflight ApiKeyRequired
    Authorizers#>Authorizers DefaultAuthorizer InvokeRole ResourcePolicy>ResourcePolicy
    UsagePlan>UsagePlan
  UsagePlan: CreateUsagePlan Description Quota Tags Throttle UsagePlanName
  ResourcePolicy: AwsAccountBlacklist AwsAccountWhitelist CustomStatements IntrinsicVpcBlacklist
    IntrinsicVpcWhitelist IntrinsicVpceBlacklist IntrinsicVpceWhitelist IpRangeBlacklist
    IpRangeWhitelist SourceVpcBlacklist SourceVpcWhitelist
  Authorizers: AuthorizationScopes DisableFunctionDefaultPermissions FunctionArn FunctionInvokeRole
    FunctionPayloadType Identity>Identity UserPoolArn
  Identity: Context Header Headers QueryStrings ReauthorizeEvery StageVariables ValidationExpression
AWS::Serverless::Application
  -: Location!>Location NotificationARNs Parameters Tags TimeoutInMinutes
  Location: ApplicationId SemanticVersion
AWS::Serverless::Connector
  -: Destination Permissions Source>ResourceReference
  ResourceReference: Arn Id Name Qualifier QueueUrl ResourceId RoleName Type
AWS::Serverless::Function
  -: Architectures AssumeRolePolicyDocument AutoPublishAlias AutoPublishAliasAllProperties
    AutoPublishCodeSha256 CapacityProviderConfig>CapacityProviderConfig CodeSigningConfigArn
    CodeUri>CodeUri DeadLetterQueue>DeadLetterQueue DeploymentPreference>DeploymentPreference
    Description DurableConfig Environment EphemeralStorage EventInvokeConfig>EventInvokeConfig Events
    FileSystemConfigs FunctionName FunctionScalingConfig FunctionUrlConfig>FunctionUrlConfig Handler
    ImageConfig ImageUri InlineCode KmsKeyArn Layers LoggingConfig MemorySize PackageType
    PermissionsBoundary Policies PropagateTags ProvisionedConcurrencyConfig PublishToLatestPublished
    RecursiveLoop ReservedConcurrentExecutions Role RolePath Runtime RuntimeManagementConfig SnapStart
    SourceKMSKeyArn Tags TenancyConfig Timeout Tracing VersionDeletionPolicy VersionDescription
    VpcConfig
  FunctionUrlConfig: AuthType Cors InvokeMode
  EventInvokeConfig: DestinationConfig>EventInvokeDestinationConfig MaximumEventAgeInSeconds
    MaximumRetryAttempts
  EventInvokeDestinationConfig: OnFailure>EventInvokeOnFailure OnSuccess>EventInvokeOnSuccess
  EventInvokeOnSuccess: Destination Type
  EventInvokeOnFailure: Destination Type
  DeploymentPreference: Alarms Enabled Hooks>Hooks PassthroughCondition Role TriggerConfigurations Type
  Hooks: PostTraffic PreTraffic
  DeadLetterQueue: TargetArn Type
  CodeUri: Bucket Key Version
  CapacityProviderConfig: Arn ExecutionEnvironmentMemoryGiBPerVCpu PerExecutionEnvironmentMaxConcurrency
  Event.S3: Bucket Events Filter
  Event.SNS: FilterPolicy FilterPolicyScope Region SqsSubscription>SqsSubscription Topic
  SqsSubscription: BatchSize Enabled QueueArn QueuePolicyLogicalId QueueUrl
  Event.Kinesis: BatchSize BisectBatchOnFunctionError DestinationConfig Enabled FilterCriteria
    FunctionResponseTypes KmsKeyArn MaximumBatchingWindowInSeconds MaximumRecordAgeInSeconds
    MaximumRetryAttempts MetricsConfig ParallelizationFactor StartingPosition StartingPositionTimestamp
    Stream TumblingWindowInSeconds
  Event.DynamoDB: BatchSize BisectBatchOnFunctionError DestinationConfig Enabled FilterCriteria
    FunctionResponseTypes KmsKeyArn MaximumBatchingWindowInSeconds MaximumRecordAgeInSeconds
    MaximumRetryAttempts MetricsConfig ParallelizationFactor StartingPosition StartingPositionTimestamp
    Stream TumblingWindowInSeconds
  Event.DocumentDB: BatchSize Cluster CollectionName DatabaseName Enabled FilterCriteria FullDocument
    KmsKeyArn MaximumBatchingWindowInSeconds SecretsManagerKmsKeyId SourceAccessConfigurations
    StartingPosition StartingPositionTimestamp
  Event.SQS: BatchSize Enabled FilterCriteria FunctionResponseTypes KmsKeyArn
    MaximumBatchingWindowInSeconds MetricsConfig Queue ScalingConfig
  Event.Api: Auth>ApiAuth Method Path RequestModel>RequestModel RequestParameters ResponseTransferMode
    RestApiId TimeoutInMillis
  RequestModel: Model Required ValidateBody ValidateParameters
  ApiAuth: ApiKeyRequired AuthorizationScopes Authorizer InvokeRole OverrideApiAuth
    ResourcePolicy>ResourcePolicy
  ResourcePolicy: AwsAccountBlacklist AwsAccountWhitelist CustomStatements IntrinsicVpcBlacklist
    IntrinsicVpcWhitelist IntrinsicVpceBlacklist IntrinsicVpceWhitelist IpRangeBlacklist
    IpRangeWhitelist SourceVpcBlacklist SourceVpcWhitelist
  Event.Schedule: DeadLetterConfig>DeadLetterConfig Description Enabled Input Name RetryPolicy Schedule
    State
  DeadLetterConfig: Arn QueueLogicalId Type
  Event.ScheduleV2: DeadLetterConfig>DeadLetterConfig Description EndDate FlexibleTimeWindow GroupName
    Input KmsKeyArn Name OmitName PermissionsBoundary RetryPolicy RoleArn ScheduleExpression
    ScheduleExpressionTimezone StartDate State
  Event.CloudWatchEvent: Enabled EventBusName Input InputPath Pattern State DeadLetterConfig InputTransformer RetryPolicy
    RuleName Target
  Event.EventBridgeRule: DeadLetterConfig>DeadLetterConfig EventBusName Input InputPath InputTransformer
    Pattern RetryPolicy RuleName Target>EventBridgeRuleTarget State Enabled
  EventBridgeRuleTarget: Id
  Event.CloudWatchLogs: FilterPattern LogGroupName
  Event.IoTRule: AwsIotSqlVersion Sql
  Event.AlexaSkill: SkillId
  Event.Cognito: Trigger UserPool
  Event.HttpApi: ApiId Auth>HttpApiAuth Method Path PayloadFormatVersion RouteSettings TimeoutInMillis
  HttpApiAuth: AuthorizationScopes Authorizer
  Event.MSK: BatchSize BisectBatchOnFunctionError ConsumerGroupId DestinationConfig Enabled
    FilterCriteria FunctionResponseTypes KmsKeyArn LoggingConfig MaximumBatchingWindowInSeconds
    MaximumRecordAgeInSeconds MaximumRetryAttempts MetricsConfig ProvisionedPollerConfig
    SchemaRegistryConfig SourceAccessConfigurations StartingPosition StartingPositionTimestamp Stream
    Topics
  Event.MQ: BatchSize Broker DynamicPolicyName Enabled FilterCriteria KmsKeyArn
    MaximumBatchingWindowInSeconds Queues SecretsManagerKmsKeyId SourceAccessConfigurations
  Event.SelfManagedKafka: BatchSize BisectBatchOnFunctionError ConsumerGroupId Enabled FilterCriteria
    FunctionResponseTypes KafkaBootstrapServers KmsKeyArn LoggingConfig MaximumRecordAgeInSeconds
    MaximumRetryAttempts MetricsConfig ProvisionedPollerConfig SchemaRegistryConfig
    SourceAccessConfigurations StartingPosition StartingPositionTimestamp Topics
AWS::Serverless::HttpApi
  -: AccessLogSettings Auth>Auth CorsConfiguration DefaultRouteSettings DefinitionBody
    DefinitionUri>DefinitionUri Description DisableExecuteApiEndpoint Domain>Domain FailOnWarnings Name
    PropagateTags RouteSettings StageName StageVariables Tags
  Domain: BasePath CertificateArn DomainName EndpointConfiguration MutualTlsAuthentication
    OwnershipVerificationCertificateArn Route53>Route53 SecurityPolicy
  Route53: DistributionDomainName EvaluateTargetHealth HostedZoneId HostedZoneName IpV6 Region
    SetIdentifier
  DefinitionUri: Bucket Key Version
  Auth: Authorizers#>Authorizers DefaultAuthorizer EnableIamAuthorizer
  Authorizers: AuthorizationScopes AuthorizerPayloadFormatVersion EnableFunctionDefaultPermissions
    EnableSimpleResponses FunctionArn FunctionInvokeRole Identity>LambdaAuthorizerIdentity
    IdentitySource JwtConfiguration
  LambdaAuthorizerIdentity: Context Headers QueryStrings ReauthorizeEvery StageVariables
AWS::Serverless::LayerVersion
  -: CompatibleArchitectures CompatibleRuntimes ContentUri!>ContentUri Description LayerName LicenseInfo
    PublishLambdaVersion RetentionPolicy
  ContentUri: Bucket Key Version
AWS::Serverless::SimpleTable
  -: PointInTimeRecoverySpecification PrimaryKey>PrimaryKey ProvisionedThroughput SSESpecification
    TableName Tags
  PrimaryKey: Name Type
AWS::Serverless::StateMachine
  -: AutoPublishAlias Definition DefinitionSubstitutions DefinitionUri DeploymentPreference Events
    Logging Name PermissionsBoundary Policies PropagateTags Role RolePath Tags Tracing Type
    UseAliasAsEventTarget
  Event.Schedule: DeadLetterConfig>DeadLetterConfig Description Enabled Input Name RetryPolicy RoleArn
    Schedule State Target>ScheduleTarget
  ScheduleTarget: Id
  DeadLetterConfig: Arn QueueLogicalId Type
  Event.ScheduleV2: DeadLetterConfig>DeadLetterConfig Description EndDate FlexibleTimeWindow GroupName
    Input KmsKeyArn Name OmitName PermissionsBoundary RetryPolicy RoleArn ScheduleExpression
    ScheduleExpressionTimezone StartDate State
  Event.CloudWatchEvent: EventBusName Input InputPath Pattern DeadLetterConfig InputTransformer RetryPolicy RuleName
    State Target Enabled
  Event.EventBridgeRule: DeadLetterConfig>DeadLetterConfig EventBusName Input InputPath InputTransformer
    Pattern RetryPolicy RuleName Target>EventBridgeRuleTarget State Enabled
  EventBridgeRuleTarget: Id
  Event.Api: Auth>Auth Method Path RestApiId UnescapeMappingTemplate
  Auth: ApiKeyRequired AuthorizationScopes Authorizer ResourcePolicy>ResourcePolicy
  ResourcePolicy: AwsAccountBlacklist AwsAccountWhitelist CustomStatements IntrinsicVpcBlacklist
    IntrinsicVpcWhitelist IntrinsicVpceBlacklist IntrinsicVpceWhitelist IpRangeBlacklist
    IpRangeWhitelist SourceVpcBlacklist SourceVpcWhitelist
AWS::StepFunctions::StateMachine = Arn Name StateMachineRevisionId
  -: Definition DefinitionS3Location>S3Location DefinitionString DefinitionSubstitutions
    EncryptionConfiguration>EncryptionConfiguration LoggingConfiguration>LoggingConfiguration RoleArn!
    StateMachineName StateMachineType Tags*>TagsEntry TracingConfiguration>TracingConfiguration
  TracingConfiguration: Enabled
  TagsEntry: Key! Value!
  LoggingConfiguration: Destinations*>LogDestination IncludeExecutionData Level
  LogDestination: CloudWatchLogsLogGroup>CloudWatchLogsLogGroup
  CloudWatchLogsLogGroup: LogGroupArn
  EncryptionConfiguration: KmsDataKeyReusePeriodSeconds KmsKeyId Type!
  S3Location: Bucket! Key! Version
)table";
}

}  // namespace offstage::validate
