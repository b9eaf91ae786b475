// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GuardedContract} from "./GuardedContract.sol";
import {IdentityRegistry} from "./IdentityRegistry.sol";
import {SentinelGuard} from "./SentinelGuard.sol";

/// @title Grants of access and the record of every access made.
/// @notice Refuses whatever the guard holds: quarantined nodes, suspended actors, revoked grants, and everything while the guard has
/// paused it. Revoking access is always possible. It does not check consent or the terms of a grant on each access: in the
/// networks this stands for that is left to the nodes, and noticing when a node does not is what the monitor is for. Break-glass
/// access (purpose `BTG`) passes every check, because emergency care is never blocked; the event says `BTG` and is always
/// reviewed.
contract AccessRegistry is GuardedContract {
    struct Grant {
        bytes32 subject;
        bool isRevoked;
    }

    mapping(bytes32 grantId => Grant) private _grants;

    event GrantAccess(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed subject,
        bytes32 grantId, bytes32 purpose, bytes32 consentId, bytes32 grantee, bytes32[] scope, uint64 expiresAt
    );
    event RevokeAccess(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed subject,
        bytes32 grantId
    );
    event RecordAccess(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed subject,
        bytes32 purpose, bytes32 consentId, bytes32 grantId, bytes32 recordId, bytes32 category, bytes32 credentialId
    );
    event DecryptKey(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed subject,
        bytes32 purpose, bytes32 consentId, bytes32 grantId, bytes32 keyId, bytes32 category, bytes32 credentialId
    );

    constructor(IdentityRegistry identities, SentinelGuard sentinelGuard)
        GuardedContract(identities, sentinelGuard, "AccessRegistry")
    {}

    function grantAccess(
        bytes32 node, bytes32 subject, bytes32 grantId, bytes32 purpose, bytes32 consentId, bytes32 grantee,
        bytes32[] calldata scope, uint64 expiresAt
    ) external whenAllowed(node, bytes32(0), purpose) {
        if (_grants[grantId].subject != bytes32(0)) revert ItemExists(grantId);
        if (subject == bytes32(0)) revert UnknownItem(subject);
        _grants[grantId].subject = subject;
        emit GrantAccess(
            node, msg.sender, _role(), _organization(), subject, grantId, purpose, consentId, grantee, scope, expiresAt
        );
    }

    function revokeAccess(bytes32 node, bytes32 subject, bytes32 grantId) external {
        Grant storage grant = _grants[grantId];
        if (grant.subject == bytes32(0) || grant.subject != subject) revert UnknownItem(grantId);
        if (grant.isRevoked) revert ItemEnded(grantId);
        grant.isRevoked = true;
        emit RevokeAccess(node, msg.sender, _role(), _organization(), subject, grantId);
    }

    function recordAccess(
        bytes32 node, bytes32 subject, bytes32 purpose, bytes32 consentId, bytes32 grantId, bytes32 recordId,
        bytes32 category, bytes32 credentialId
    ) external whenAllowed(node, grantId, purpose) {
        emit RecordAccess(
            node, msg.sender, _role(), _organization(), subject, purpose, consentId, grantId, recordId, category, credentialId
        );
    }

    function decryptKey(
        bytes32 node, bytes32 subject, bytes32 purpose, bytes32 consentId, bytes32 grantId, bytes32 keyId, bytes32 category,
        bytes32 credentialId
    ) external whenAllowed(node, grantId, purpose) {
        emit DecryptKey(
            node, msg.sender, _role(), _organization(), subject, purpose, consentId, grantId, keyId, category, credentialId
        );
    }
}
