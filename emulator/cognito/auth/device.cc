// Devices that sign in: DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER, asked once everything else
// was right. The exchange is SRP with the device's key as the user and its group's as the pool.
#include "base/text.h"
#include "cognito/auth/auth.h"
#include "cognito/crypto/bytes.h"
#include "cognito/devices.h"
#include "cognito/errors.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

aws::Outcome<Unit> RecallDevice(AuthCall& call, const User& user, Session& session) {
  if (!TracksDevices(*call.pool) || call.hosted) return Ok();
  if (const std::string key = call.Text("DEVICE_KEY"); !key.empty()) session.device_key = key;
  if (session.device_key.empty()) return Ok();
  OFFSTAGE_TRY_VOID(FindDeviceOf(call.engine, user, session.device_key));
  return Ok();
}

aws::Outcome<bool> DeviceReplacesSecondFactor(AuthCall& call, const User& user,
                                              const Session& session) {
  if (session.device_key.empty() ||
      !BoolAt(call.pool->config, "DeviceConfiguration.ChallengeRequiredOnNewDevice", false)) {
    return false;
  }
  OFFSTAGE_TRY(const Device device, FindDeviceOf(call.engine, user, session.device_key));
  return device.remembered;
}

Json AskDevice(AuthCall& call, const User& user, Session session) {
  return Challenge(call, std::move(session), "DEVICE_SRP_AUTH", {{"USERNAME", user.username}});
}

aws::Outcome<Json> AnswerDeviceSrp(AuthCall& call, const Session& session) {
  OFFSTAGE_TRY(const std::string public_a, Required(call, "SRP_A"));
  OFFSTAGE_TRY(const std::string key, Required(call, "DEVICE_KEY"));
  if (!IsUsableSrpA(public_a)) return Fail(InvalidParameter("SRP_A is not a usable number"));
  OFFSTAGE_TRY(const User user, FindUser(call.engine, *call.pool, session.username));
  if (key != session.device_key) return Fail(ResourceNotFound("Device does not exist."));
  OFFSTAGE_TRY(const Device device, FindDeviceOf(call.engine, user, key));
  Session next = session;
  next.password = device.secret;
  next.srp = StartSrp(next.password);
  next.public_a = public_a;
  next.secret_block = RandomBytes(384);
  Json parameters = {{"SALT", next.password.salt},
                     {"SRP_B", next.srp.public_b},
                     {"SECRET_BLOCK", Base64Encode(next.secret_block)},
                     {"USERNAME", user.username},
                     {"DEVICE_KEY", key}};
  return Challenge(call, std::move(next), "DEVICE_PASSWORD_VERIFIER", std::move(parameters));
}

aws::Outcome<Json> AnswerDeviceVerifier(AuthCall& call, const Session& session) {
  OFFSTAGE_TRY(const std::string block, Required(call, "PASSWORD_CLAIM_SECRET_BLOCK"));
  OFFSTAGE_TRY(const std::string signature, Required(call, "PASSWORD_CLAIM_SIGNATURE"));
  OFFSTAGE_TRY(const std::string timestamp, Required(call, "TIMESTAMP"));
  OFFSTAGE_TRY(const User user, FindUser(call.engine, *call.pool, session.username));
  OFFSTAGE_TRY(Device device, FindDeviceOf(call.engine, user, session.device_key));
  const auto key = SrpSessionKey(session.password, session.srp, session.public_a);
  const bool right = key && Base64Decode(block) == session.secret_block &&
                     EqualInConstantTime(SrpSignature(*key, DeviceGroupKey(*call.pool), device.key,
                                                      session.secret_block, timestamp),
                                         signature);
  if (!right) return Fail(WrongPassword());
  device.authenticated = call.engine.NowMillis();
  const Status saved = call.engine.store->SaveDevice(user, device);
  if (!saved.ok()) return Fail(aws::InternalServerError(saved.error()));
  Session next = session;
  next.device_proved = true;
  return Finish(call, user, next);
}

}  // namespace offstage::cognito
