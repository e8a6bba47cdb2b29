#include "cognito/devices.h"

#include <fmt/format.h>

#include "cognito/crypto/bytes.h"
#include "cognito/errors.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

bool TracksDevices(const Pool& pool) {
  const Json* configuration = FindPath(pool.config, "DeviceConfiguration");
  return configuration != nullptr && configuration->is_object() && !configuration->empty();
}

bool RemembersDevicesOnlyWhenAsked(const Pool& pool) {
  return BoolAt(pool.config, "DeviceConfiguration.DeviceOnlyRememberedOnUserPrompt", false);
}

std::string NewDeviceKey(const Engine& engine) {
  return engine.options.region + "_" + engine.options.ids->Uuid();
}

std::string DeviceGroupKey(const Pool& pool) {
  return "-" + HexEncode(Sha256("device group of " + pool.id)).substr(0, 8);
}

aws::Outcome<Device> FindDeviceOf(Engine& engine, const User& user, const std::string& key) {
  OFFSTAGE_TRY_INTERNAL(auto device, engine.store->FindDevice(user, key));
  if (!device) return Fail(ResourceNotFound("Device does not exist."));
  return *std::move(device);
}

Json ToDeviceType(const Engine& engine, const Pool& pool, const User& user, const Device& device) {
  const std::string owner = user.username + "." + pool.id;
  const std::pair<const char*, std::string> attributes[] = {
      {"device_status", "valid"},
      {"device_name", device.name},
      {"dev:device_arn",
       fmt::format("arn:aws:cognito-idp:{}:{}:owner/{}/device/{}", engine.options.region,
                   engine.options.account_id, owner, device.key)},
      {"dev:device_owner", owner},
      {"last_ip_used", "127.0.0.1"},
      {"dev:device_remembered_status", device.remembered ? "remembered" : "not_remembered"}};
  Json list = Json::array();
  for (const auto& [name, value] : attributes) {
    if (!value.empty()) list.push_back({{"Name", name}, {"Value", value}});
  }
  return {{"DeviceKey", device.key},
          {"DeviceAttributes", std::move(list)},
          {"DeviceCreateDate", ToApiTime(device.created)},
          {"DeviceLastModifiedDate", ToApiTime(device.modified)},
          {"DeviceLastAuthenticatedDate", ToApiTime(device.authenticated)}};
}

}  // namespace offstage::cognito
