// Devices, by their users and by administrators:
// docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmDevice.html
// Not emulated: last_ip_used is always this machine's.
#include "cognito/devices.h"

#include "base/text.h"
#include "cognito/crypto/bytes.h"
#include "cognito/errors.h"
#include "cognito/ops/ops.h"
#include "cognito/pool_config.h"
#include "cognito/tokens.h"

namespace offstage::cognito {

namespace {

struct DeviceOwner {
  PoolPtr pool = nullptr;
  User user = {};
};

aws::Outcome<DeviceOwner> OwnerByToken(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(SignedIn who, CheckAccessToken(engine, TextAt(request, "AccessToken")));
  return DeviceOwner{.pool = std::move(who.pool), .user = std::move(who.user)};
}

aws::Outcome<DeviceOwner> OwnerByName(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(User user, FindUser(engine, *pool, TextAt(request, "Username")));
  return DeviceOwner{.pool = std::move(pool), .user = std::move(user)};
}

aws::Outcome<Json> Show(Engine& engine, const DeviceOwner& owner, const Json& request) {
  OFFSTAGE_TRY(const Device device, FindDeviceOf(engine, owner.user, TextAt(request, "DeviceKey")));
  return Json{{"Device", ToDeviceType(engine, *owner.pool, owner.user, device)}};
}

aws::Outcome<Json> List(Engine& engine, const DeviceOwner& owner, const Json& request) {
  OFFSTAGE_TRY(const std::int64_t skip, ReadPageToken(request, "PaginationToken"));
  const auto limit = static_cast<std::size_t>(IntegerAt(request, "Limit", 60));
  OFFSTAGE_TRY_INTERNAL(const auto devices, engine.store->Devices(owner.user));
  Json list = Json::array();
  std::size_t at = static_cast<std::size_t>(skip);
  for (; at < devices.size() && list.size() < limit; ++at)
    list.push_back(ToDeviceType(engine, *owner.pool, owner.user, devices[at]));
  Json reply = {{"Devices", std::move(list)}};
  if (at < devices.size()) reply["PaginationToken"] = MakePageToken(static_cast<std::int64_t>(at));
  return reply;
}

aws::Outcome<Json> ChangeStatus(Engine& engine, const DeviceOwner& owner, const Json& request) {
  OFFSTAGE_TRY(Device device, FindDeviceOf(engine, owner.user, TextAt(request, "DeviceKey")));
  const std::string status = TextAt(request, "DeviceRememberedStatus");
  if (!status.empty()) device.remembered = status == "remembered";
  device.modified = engine.NowMillis();
  OFFSTAGE_TRY_VOID(Saved(engine.store->SaveDevice(owner.user, device)));
  return Json::object();
}

aws::Outcome<Json> Forget(Engine& engine, const DeviceOwner& owner, const Json& request) {
  OFFSTAGE_TRY(const Device device, FindDeviceOf(engine, owner.user, TextAt(request, "DeviceKey")));
  OFFSTAGE_TRY_VOID(Saved(engine.store->DeleteDevice(owner.user, device.key)));
  return Json::object();
}

}  // namespace

aws::Outcome<Json> ConfirmDevice(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const SignedIn who, CheckAccessToken(engine, TextAt(request, "AccessToken")));
  if (!TracksDevices(*who.pool)) {
    return Fail(Problem("InvalidUserPoolConfigurationException",
                        "User pool is not configured to remember devices."));
  }
  const std::string key = TextAt(request, "DeviceKey");
  OFFSTAGE_TRY_INTERNAL(const auto grant, engine.store->FindGrant(who.grant_id));
  // Only the device that this sign-in was given a key for can be confirmed with its token.
  if (!grant || grant->device != key) return Fail(InvalidParameter("Invalid device key given."));
  OFFSTAGE_TRY_INTERNAL(const auto known, engine.store->FindDevice(who.user, key));
  if (known) return Fail(Problem("DeviceKeyExistsException", "Device already exists."));
  const auto verifier =
      Base64Decode(TextAt(request, "DeviceSecretVerifierConfig.PasswordVerifier"));
  const auto salt = Base64Decode(TextAt(request, "DeviceSecretVerifierConfig.Salt"));
  if (!verifier || !salt || verifier->empty() || salt->empty())
    return Fail(InvalidParameter("Invalid device secret verifier config given."));
  const std::int64_t now = engine.NowMillis();
  const bool must_ask = RemembersDevicesOnlyWhenAsked(*who.pool);
  const Device device{.key = key,
                      .secret = {.salt = HexEncode(*salt), .verifier = HexEncode(*verifier)},
                      .name = TextAt(request, "DeviceName"),
                      .remembered = !must_ask,
                      .created = now,
                      .modified = now,
                      .authenticated = now};
  OFFSTAGE_TRY_VOID(Saved(engine.store->SaveDevice(who.user, device)));
  return Json{{"UserConfirmationNecessary", must_ask}};
}

aws::Outcome<Json> GetDevice(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const DeviceOwner owner, OwnerByToken(engine, request));
  return Show(engine, owner, request);
}

aws::Outcome<Json> ListDevices(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const DeviceOwner owner, OwnerByToken(engine, request));
  return List(engine, owner, request);
}

aws::Outcome<Json> UpdateDeviceStatus(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const DeviceOwner owner, OwnerByToken(engine, request));
  return ChangeStatus(engine, owner, request);
}

aws::Outcome<Json> ForgetDevice(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const DeviceOwner owner, OwnerByToken(engine, request));
  return Forget(engine, owner, request);
}

aws::Outcome<Json> AdminGetDevice(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const DeviceOwner owner, OwnerByName(engine, request));
  return Show(engine, owner, request);
}

aws::Outcome<Json> AdminListDevices(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const DeviceOwner owner, OwnerByName(engine, request));
  return List(engine, owner, request);
}

aws::Outcome<Json> AdminUpdateDeviceStatus(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const DeviceOwner owner, OwnerByName(engine, request));
  return ChangeStatus(engine, owner, request);
}

aws::Outcome<Json> AdminForgetDevice(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const DeviceOwner owner, OwnerByName(engine, request));
  return Forget(engine, owner, request);
}

}  // namespace offstage::cognito
