"""boto3 against $COGNITO_ENDPOINT: authenticator apps, codes, default flows, unknown users, page tokens."""
import base64
import hashlib
import hmac
import json
import os
import struct
import time
import urllib.request

import boto3
from botocore.exceptions import ClientError

ENDPOINT = os.environ["COGNITO_ENDPOINT"]
cognito = boto3.client("cognito-idp", endpoint_url=ENDPOINT, region_name="us-east-1")


def refused(code, call, message=None, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        assert message is None or error.response["Error"]["Message"] == message, error
        return
    raise AssertionError("%s was not refused" % call)


def totp(secret, at=None):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at or time.time()) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return "%06d" % ((struct.unpack(">I", digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1000000)


def mail(to):
    with urllib.request.urlopen(ENDPOINT + "/_offstage/mailbox?to=" + to, timeout=10) as reply:
        return json.load(reply)[0]


pool = cognito.create_user_pool(PoolName="py", AutoVerifiedAttributes=["email"], AliasAttributes=["email"],
                                Policies={"PasswordPolicy": {"MinimumLength": 6}})["UserPool"]["Id"]
plain = cognito.create_user_pool_client(UserPoolId=pool, ClientName="plain")["UserPoolClient"]
assert "ExplicitAuthFlows" not in plain and plain["RefreshTokenValidity"] == 30, plain
client = cognito.create_user_pool_client(
    UserPoolId=pool, ClientName="all", PreventUserExistenceErrors="ENABLED",
    ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH"])["UserPoolClient"]["ClientId"]

# A client without ExplicitAuthFlows allows SRP, refreshing and custom authentication only.
refused("InvalidParameterException", cognito.initiate_auth, "USER_PASSWORD_AUTH flow not enabled for this client",
        ClientId=plain["ClientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "a", "PASSWORD": "b"})
refused("UserNotFoundException", cognito.initiate_auth, "User does not exist.",
        ClientId=plain["ClientId"], AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": "nobody", "SRP_A": "abcdef"})
refused("NotAuthorizedException", cognito.initiate_auth, "Incorrect username or password.",
        ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "nobody", "PASSWORD": "whatever"})
hidden = cognito.forgot_password(ClientId=client, Username="nobody")
assert hidden["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL", hidden

refused("InvalidParameterException", cognito.sign_up,
        "Username cannot be of email format, since user pool is configured for email alias.",
        ClientId=client, Username="x@example.com", Password="secret1")
cognito.sign_up(ClientId=client, Username="linus", Password="secret1",
                UserAttributes=[{"Name": "email", "Value": "linus@example.com"}])
refused("UsernameExistsException", cognito.sign_up, "User already exists", ClientId=client, Username="linus", Password="secret1")
code = mail("linus@example.com")["code"]
cognito.confirm_sign_up(ClientId=client, Username="linus", ConfirmationCode=code)
refused("NotAuthorizedException", cognito.confirm_sign_up, "User cannot be confirmed. Current status is CONFIRMED",
        ClientId=client, Username="linus", ConfirmationCode=code)


def sign_in(name="linus", flow="USER_PASSWORD_AUTH", **more):
    return cognito.initiate_auth(ClientId=client, AuthFlow=flow, AuthParameters={"USERNAME": name, "PASSWORD": "secret1", **more})


access = sign_in("linus@example.com")["AuthenticationResult"]["AccessToken"]
choice = cognito.initiate_auth(ClientId=client, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": "linus"})
assert choice["ChallengeName"] == "SELECT_CHALLENGE" and "PASSWORD" in choice.get("AvailableChallenges", ["PASSWORD"]), choice  # boto3 before 1.35 does not show them
done = cognito.respond_to_auth_challenge(ClientId=client, ChallengeName="SELECT_CHALLENGE", Session=choice["Session"],
                                         ChallengeResponses={"USERNAME": "linus", "ANSWER": "PASSWORD", "PASSWORD": "secret1"})
assert done["AuthenticationResult"]["IdToken"]

# Authenticator apps.
refused("SoftwareTokenMFANotFoundException", cognito.associate_software_token, AccessToken=access)
cognito.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True})
secret = cognito.associate_software_token(AccessToken=access)["SecretCode"]
refused("EnableSoftwareTokenMFAException", cognito.verify_software_token, AccessToken=access, UserCode="000000" if totp(secret) != "000000" else "111111")
assert cognito.verify_software_token(AccessToken=access, UserCode=totp(secret))["Status"] == "SUCCESS"
cognito.set_user_mfa_preference(AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})
asked = sign_in()
assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA", asked
answer = dict(ClientId=client, ChallengeName="SOFTWARE_TOKEN_MFA", Session=asked["Session"])
refused("CodeMismatchException", cognito.respond_to_auth_challenge,
        ChallengeResponses={"USERNAME": "linus", "SOFTWARE_TOKEN_MFA_CODE": totp(secret, 1)}, **answer)
given = totp(secret)
result = cognito.respond_to_auth_challenge(ChallengeResponses={"USERNAME": "linus", "SOFTWARE_TOKEN_MFA_CODE": given}, **answer)
assert result["AuthenticationResult"]["AccessToken"]
asked = sign_in()
refused("ExpiredCodeException", cognito.respond_to_auth_challenge, "Your software token has already been used once.",
        ClientId=client, ChallengeName="SOFTWARE_TOKEN_MFA", Session=asked["Session"],
        ChallengeResponses={"USERNAME": "linus", "SOFTWARE_TOKEN_MFA_CODE": given})

# Pages.
for number in range(5):
    cognito.admin_create_user(UserPoolId=pool, Username="user%d" % number, MessageAction="SUPPRESS")
names = [user["Username"] for page in cognito.get_paginator("list_users").paginate(UserPoolId=pool, PaginationConfig={"PageSize": 2})
         for user in page["Users"]]
assert sorted(names) == ["linus"] + ["user%d" % number for number in range(5)], names
disabled = cognito.admin_disable_user(UserPoolId=pool, Username="linus")
refused("NotAuthorizedException", sign_in, "User is disabled.")
refused("InvalidParameterException", cognito.list_users, UserPoolId=pool, Filter="nonsense")
print("all good")
