// Every operation of the API that is emulated: a request in, the reply's body or the service's
// error out. Requests have passed CheckShape: required members are there and of their type.
#pragma once

#include "cognito/engine.h"

namespace offstage::cognito {

#define OFFSTAGE_COGNITO_OPERATIONS(X)    \
  X(AddCustomAttributes)                  \
  X(AddUserPoolClientSecret)              \
  X(AdminAddUserToGroup)                  \
  X(AdminConfirmSignUp)                   \
  X(AdminCreateUser)                      \
  X(AdminDeleteUser)                      \
  X(AdminDeleteUserAttributes)            \
  X(AdminDisableUser)                     \
  X(AdminEnableUser)                      \
  X(AdminForgetDevice)                    \
  X(AdminGetDevice)                       \
  X(AdminGetUser)                         \
  X(AdminInitiateAuth)                    \
  X(AdminListDevices)                     \
  X(AdminListGroupsForUser)               \
  X(AdminRemoveUserFromGroup)             \
  X(AdminResetUserPassword)               \
  X(AdminRespondToAuthChallenge)          \
  X(AdminSetUserMFAPreference)            \
  X(AdminSetUserPassword)                 \
  X(AdminSetUserSettings)                 \
  X(AdminUpdateDeviceStatus)              \
  X(AdminUpdateUserAttributes)            \
  X(AdminUserGlobalSignOut)               \
  X(AssociateSoftwareToken)               \
  X(ChangePassword)                       \
  X(ConfirmDevice)                        \
  X(ConfirmForgotPassword)                \
  X(ConfirmSignUp)                        \
  X(CreateGroup)                          \
  X(CreateIdentityProvider)               \
  X(CreateManagedLoginBranding)           \
  X(CreateResourceServer)                 \
  X(CreateTerms)                          \
  X(CreateUserPool)                       \
  X(CreateUserPoolClient)                 \
  X(CreateUserPoolDomain)                 \
  X(DeleteGroup)                          \
  X(DeleteIdentityProvider)               \
  X(DeleteManagedLoginBranding)           \
  X(DeleteResourceServer)                 \
  X(DeleteTerms)                          \
  X(DeleteUser)                           \
  X(DeleteUserAttributes)                 \
  X(DeleteUserPool)                       \
  X(DeleteUserPoolClient)                 \
  X(DeleteUserPoolClientSecret)           \
  X(DeleteUserPoolDomain)                 \
  X(DescribeIdentityProvider)             \
  X(DescribeManagedLoginBranding)         \
  X(DescribeManagedLoginBrandingByClient) \
  X(DescribeResourceServer)               \
  X(DescribeRiskConfiguration)            \
  X(DescribeTerms)                        \
  X(DescribeUserPool)                     \
  X(DescribeUserPoolClient)               \
  X(DescribeUserPoolDomain)               \
  X(ForgetDevice)                         \
  X(ForgotPassword)                       \
  X(GetCSVHeader)                         \
  X(GetDevice)                            \
  X(GetGroup)                             \
  X(GetIdentityProviderByIdentifier)      \
  X(GetLogDeliveryConfiguration)          \
  X(GetTokensFromRefreshToken)            \
  X(GetUICustomization)                   \
  X(GetUser)                              \
  X(GetUserAttributeVerificationCode)     \
  X(GetUserAuthFactors)                   \
  X(GetUserPoolMfaConfig)                 \
  X(GlobalSignOut)                        \
  X(InitiateAuth)                         \
  X(ListDevices)                          \
  X(ListGroups)                           \
  X(ListIdentityProviders)                \
  X(ListResourceServers)                  \
  X(ListTagsForResource)                  \
  X(ListTerms)                            \
  X(ListUserPoolClientSecrets)            \
  X(ListUserPoolClients)                  \
  X(ListUserPools)                        \
  X(ListUsers)                            \
  X(ListUsersInGroup)                     \
  X(ListWebAuthnCredentials)              \
  X(ResendConfirmationCode)               \
  X(RespondToAuthChallenge)               \
  X(RevokeToken)                          \
  X(SetLogDeliveryConfiguration)          \
  X(SetRiskConfiguration)                 \
  X(SetUICustomization)                   \
  X(SetUserMFAPreference)                 \
  X(SetUserPoolMfaConfig)                 \
  X(SetUserSettings)                      \
  X(SignUp)                               \
  X(TagResource)                          \
  X(UntagResource)                        \
  X(UpdateDeviceStatus)                   \
  X(UpdateGroup)                          \
  X(UpdateIdentityProvider)               \
  X(UpdateManagedLoginBranding)           \
  X(UpdateResourceServer)                 \
  X(UpdateTerms)                          \
  X(UpdateUserAttributes)                 \
  X(UpdateUserPool)                       \
  X(UpdateUserPoolClient)                 \
  X(UpdateUserPoolDomain)                 \
  X(VerifySoftwareToken)                  \
  X(VerifyUserAttribute)

#define OFFSTAGE_COGNITO_DECLARE(name) aws::Outcome<Json> name(Engine& engine, const Json& request);
OFFSTAGE_COGNITO_OPERATIONS(OFFSTAGE_COGNITO_DECLARE)
#undef OFFSTAGE_COGNITO_DECLARE

// The answer to a write that the store has taken or not.
aws::Outcome<Unit> Saved(const Status& status);

// The page of `things` that the request asks for (NextToken and `limit_member`), as `member`.
aws::Outcome<Json> PageOf(const std::vector<Json>& things, const Json& request,
                          const char* limit_member, const char* member);

// Row numbers as page tokens. A token that is none gives InvalidParameterException.
aws::Outcome<std::int64_t> ReadPageToken(const Json& request, std::string_view member);
std::string MakePageToken(std::int64_t row);

}  // namespace offstage::cognito
