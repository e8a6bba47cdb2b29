// Questions about a pool's or a client's configuration, with the service's defaults.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "cognito/store/records.h"

namespace offstage::cognito {

// The member at "A.B.C", or null.
const Json* FindPath(const Json& json, std::string_view path);
// The text there, or "".
std::string TextAt(const Json& json, std::string_view path);
bool BoolAt(const Json& json, std::string_view path, bool otherwise);
long long IntegerAt(const Json& json, std::string_view path, long long otherwise);
// The texts of the list there.
std::vector<std::string> ListAt(const Json& json, std::string_view path);
bool ListHas(const Json& json, std::string_view path, std::string_view value);

// What follows '_' in the id.
std::string_view PoolName(const Pool& pool);
// Pools are case-sensitive unless UsernameConfiguration says otherwise.
bool IsCaseSensitive(const Pool& pool);
// How a user name or alias is compared: in lower case unless the pool is case-sensitive.
std::string NameKey(const Pool& pool, std::string_view name);
// People sign up with an e-mail address or telephone number; their user name is a UUID.
bool UsesAttributesAsUsername(const Pool& pool);
bool IsUsernameAttribute(const Pool& pool, std::string_view attribute);
bool IsAliasAttribute(const Pool& pool, std::string_view attribute);
bool IsAutoVerified(const Pool& pool, std::string_view attribute);
// "OFF", "OPTIONAL" or "ON".
std::string MfaConfiguration(const Pool& pool);

// All that the client may prove itself with: ClientSecret first; none: a public client.
std::vector<std::string> SecretsOf(const Client& client);

bool PreventsUserExistenceErrors(const Client& client);
// Whether the client may use an AuthFlow ("USER_SRP_AUTH"). Without ExplicitAuthFlows a client
// allows SRP, custom authentication and refreshing only.
bool AllowsFlow(const Client& client, std::string_view flow);
enum class TokenKind { kId, kAccess, kRefresh };
std::chrono::seconds Validity(const Client& client, TokenKind kind);
// Three minutes unless AuthSessionValidity says otherwise.
std::chrono::seconds SessionValidity(const Client& client);
bool MayRead(const Client& client, const std::string& attribute);
bool MayWrite(const Client& client, const std::string& attribute);

}  // namespace offstage::cognito
