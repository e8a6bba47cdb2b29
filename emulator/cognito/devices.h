// Devices that user pools remember: whether a pool does, and what the API says of one.
// docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-device-tracking.html
#pragma once

#include <string>

#include "cognito/engine.h"

namespace offstage::cognito {

// Any DeviceConfiguration turns tracking on.
bool TracksDevices(const Pool& pool);
// Whether users must ask for a device to be remembered (UpdateDeviceStatus).
bool RemembersDevicesOnlyWhenAsked(const Pool& pool);

// "us-east-1_" and a UUID.
std::string NewDeviceKey(const Engine& engine);
// What stands for the pool in a device's exchange (DeviceGroupKey).
std::string DeviceGroupKey(const Pool& pool);

// ResourceNotFoundException "Device does not exist." when the user has none of the key.
aws::Outcome<Device> FindDeviceOf(Engine& engine, const User& user, const std::string& key);

// DeviceType: {"DeviceKey", "DeviceAttributes", ...}
Json ToDeviceType(const Engine& engine, const Pool& pool, const User& user, const Device& device);

}  // namespace offstage::cognito
