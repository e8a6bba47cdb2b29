// Every operation of the API that is emulated: a request in, the reply's body or the service's
// error out. Requests have passed CheckShape: required members are there and of their type.
#pragma once

#include "cognito/engine.h"

namespace offstage::cognito {

#define OFFSTAGE_COGNITO_OPERATIONS(X) \
  X(AddCustomAttributes)               \
  X(AdminAddUserToGroup)               \
  X(AdminConfirmSignUp)                \
  X(AdminCreateUser)                   \
  X(AdminDeleteUser)                   \
  X(AdminDeleteUserAttributes)         \
  X(AdminDisableUser)                  \
  X(AdminEnableUser)                   \
  X(AdminForgetDevice)                 \
  X(AdminGetDevice)                    \
  X(AdminGetUser)                      \
  X(AdminInitiateAuth)                 \
  X(AdminListDevices)                  \
  X(AdminListGroupsForUser)            \
  X(AdminRemoveUserFromGroup)          \
  X(AdminResetUserPassword)            \
  X(AdminRespondToAuthChallenge)       \
  X(AdminSetUserMFAPreference)         \
  X(AdminSetUserPassword)              \
  X(AdminUpdateDeviceStatus)           \
  X(AdminUpdateUserAttributes)         \
  X(AdminUserGlobalSignOut)            \
  X(AssociateSoftwareToken)            \
  X(ChangePassword)                    \
  X(ConfirmDevice)                     \
  X(ConfirmForgotPassword)             \
  X(ConfirmSignUp)                     \
  X(CreateGroup)                       \
  X(CreateResourceServer)              \
  X(CreateUserPool)                    \
  X(CreateUserPoolClient)              \
  X(CreateUserPoolDomain)              \
  X(DeleteGroup)                       \
  X(DeleteResourceServer)              \
  X(DeleteUser)                        \
  X(DeleteUserAttributes)              \
  X(DeleteUserPool)                    \
  X(DeleteUserPoolClient)              \
  X(DeleteUserPoolDomain)              \
  X(DescribeResourceServer)            \
  X(DescribeUserPool)                  \
  X(DescribeUserPoolClient)            \
  X(DescribeUserPoolDomain)            \
  X(ForgetDevice)                      \
  X(ForgotPassword)                    \
  X(GetDevice)                         \
  X(GetGroup)                          \
  X(GetTokensFromRefreshToken)         \
  X(GetUser)                           \
  X(GetUserAttributeVerificationCode)  \
  X(GetUserAuthFactors)                \
  X(GetUserPoolMfaConfig)              \
  X(GlobalSignOut)                     \
  X(InitiateAuth)                      \
  X(ListDevices)                       \
  X(ListGroups)                        \
  X(ListIdentityProviders)             \
  X(ListResourceServers)               \
  X(ListTagsForResource)               \
  X(ListUserPoolClients)               \
  X(ListUserPools)                     \
  X(ListUsers)                         \
  X(ListUsersInGroup)                  \
  X(ResendConfirmationCode)            \
  X(RespondToAuthChallenge)            \
  X(RevokeToken)                       \
  X(SetUserMFAPreference)              \
  X(SetUserPoolMfaConfig)              \
  X(SignUp)                            \
  X(TagResource)                       \
  X(UntagResource)                     \
  X(UpdateDeviceStatus)                \
  X(UpdateGroup)                       \
  X(UpdateResourceServer)              \
  X(UpdateUserAttributes)              \
  X(UpdateUserPool)                    \
  X(UpdateUserPoolClient)              \
  X(VerifySoftwareToken)               \
  X(VerifyUserAttribute)

#define OFFSTAGE_COGNITO_DECLARE(name) aws::Outcome<Json> name(Engine& engine, const Json& request);
OFFSTAGE_COGNITO_OPERATIONS(OFFSTAGE_COGNITO_DECLARE)
#undef OFFSTAGE_COGNITO_DECLARE

// The answer to a write that the store has taken or not.
aws::Outcome<Unit> Saved(const Status& status);

// Row numbers as page tokens. A token that is none gives InvalidParameterException.
aws::Outcome<std::int64_t> ReadPageToken(const Json& request, std::string_view member);
std::string MakePageToken(std::int64_t row);

}  // namespace offstage::cognito
