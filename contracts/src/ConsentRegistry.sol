// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IdentityRegistry} from "./IdentityRegistry.sol";
import {NetworkContract} from "./NetworkContract.sol";

/// @title Patients' consents: who may use which categories for what purpose, until when.
/// @notice Nodes authenticate the patient; pseudonyms keep the chain from knowing which account that is.
contract ConsentRegistry is NetworkContract {
    struct Consent {
        bytes32 subject;
        bool isRevoked;
    }

    mapping(bytes32 consentId => Consent) private _consents;
    mapping(bytes32 subject => mapping(bytes32 recordId => bool)) public isPurged;

    event GrantConsent(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed subject,
        bytes32 consentId, bytes32 purpose, bytes32 grantee, bytes32[] scope, uint64 expiresAt
    );
    event RevokeConsent(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed subject,
        bytes32 consentId, uint64 purgeDueAt
    );
    event PurgeRecord(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed subject,
        bytes32 recordId
    );

    constructor(IdentityRegistry identities) NetworkContract(identities) {}

    function grantConsent(
        bytes32 node, bytes32 subject, bytes32 consentId, bytes32 purpose, bytes32 grantee, bytes32[] calldata scope,
        uint64 expiresAt
    ) external {
        if (_consents[consentId].subject != bytes32(0)) revert ItemExists(consentId);
        if (subject == bytes32(0)) revert UnknownItem(subject);
        _consents[consentId].subject = subject;
        emit GrantConsent(
            node, msg.sender, _role(), _organization(), subject, consentId, purpose, grantee, scope, expiresAt
        );
    }

    function revokeConsent(bytes32 node, bytes32 subject, bytes32 consentId, uint64 purgeDueAt) external {
        Consent storage consent = _consents[consentId];
        if (consent.subject == bytes32(0) || consent.subject != subject) revert UnknownItem(consentId);
        if (consent.isRevoked) revert ItemEnded(consentId);
        consent.isRevoked = true;
        emit RevokeConsent(node, msg.sender, _role(), _organization(), subject, consentId, purgeDueAt);
    }

    function purgeRecord(bytes32 node, bytes32 subject, bytes32 recordId) external {
        if (isPurged[subject][recordId]) revert ItemEnded(recordId);
        isPurged[subject][recordId] = true;
        emit PurgeRecord(node, msg.sender, _role(), _organization(), subject, recordId);
    }
}
