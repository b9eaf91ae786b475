// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IMembership} from "./IMembership.sol";

/// @title Decentralized identifiers, credentials, and the role and organization of each actor.
/// @notice As in ERC-1056 every address is an identity from the start; creating one records it. Who may rotate whose key is
/// left to the nodes' gateways, and an unusual rotation or delegate is for the monitor to notice.
contract IdentityRegistry is AccessControl, IMembership {
    bytes32 public constant REGISTRAR_ROLE = keccak256("REGISTRAR_ROLE");

    struct Identity {
        bytes32 role;
        bytes32 organization;
        bool isCreated;
    }

    struct Credential {
        address holder;
        bool isRevoked;
    }

    mapping(address account => Identity) private _identities;
    mapping(bytes32 credentialId => Credential) private _credentials;
    /// @notice How many accounts are enrolled for an organization.
    mapping(bytes32 organization => uint256) public membersOf;

    event Enrolled(address indexed account, bytes32 role, bytes32 organization);
    event CreateDid(bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, address did);
    event RotateKey(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, address did, bytes32 keyId,
        bytes32 algorithm
    );
    event AddDelegate(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, address did, address delegate
    );
    event IssueCredential(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 credentialId,
        address holder, bytes32 role
    );
    event RevokeCredential(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 credentialId,
        address holder
    );
    event SetRole(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, address holder, bytes32 role
    );

    error IdentityExists(address account);
    error UnknownCredential(bytes32 credentialId, address holder);
    error CredentialExists(bytes32 credentialId);
    error CredentialAlreadyRevoked(bytes32 credentialId);

    constructor(address admin) {
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(REGISTRAR_ROLE, admin);
    }

    /// @notice Records who an account is: the consortium's onboarding, not an act of the account itself.
    function enroll(address account, bytes32 role, bytes32 organization) external onlyRole(REGISTRAR_ROLE) {
        Identity storage identity = _identities[account];
        if (identity.organization != bytes32(0)) membersOf[identity.organization]--;
        if (organization != bytes32(0)) membersOf[organization]++;
        identity.role = role;
        identity.organization = organization;
        emit Enrolled(account, role, organization);
    }

    function identityOf(address account) external view returns (bytes32 role, bytes32 organization) {
        Identity storage identity = _identities[account];
        return (identity.role, identity.organization);
    }

    function organizationOf(bytes32 member) external view returns (bytes32) {
        return _identities[address(uint160(uint256(member)))].organization;
    }

    function createDid(bytes32 node, address did) external {
        if (_identities[did].isCreated) revert IdentityExists(did);
        _identities[did].isCreated = true;
        (bytes32 role, bytes32 organization) = _caller();
        emit CreateDid(node, msg.sender, role, organization, did);
    }

    function rotateKey(bytes32 node, address did, bytes32 keyId, bytes32 algorithm) external {
        (bytes32 role, bytes32 organization) = _caller();
        emit RotateKey(node, msg.sender, role, organization, did, keyId, algorithm);
    }

    function addDelegate(bytes32 node, address did, address delegate) external {
        (bytes32 role, bytes32 organization) = _caller();
        emit AddDelegate(node, msg.sender, role, organization, did, delegate);
    }

    function issueCredential(bytes32 node, bytes32 credentialId, address holder, bytes32 role) external {
        if (_credentials[credentialId].holder != address(0)) revert CredentialExists(credentialId);
        _credentials[credentialId].holder = holder;
        (bytes32 actorRole, bytes32 organization) = _caller();
        emit IssueCredential(node, msg.sender, actorRole, organization, credentialId, holder, role);
    }

    function revokeCredential(bytes32 node, bytes32 credentialId, address holder) external {
        Credential storage credential = _credentials[credentialId];
        if (credential.holder == address(0) || credential.holder != holder) revert UnknownCredential(credentialId, holder);
        if (credential.isRevoked) revert CredentialAlreadyRevoked(credentialId);
        credential.isRevoked = true;
        (bytes32 role, bytes32 organization) = _caller();
        emit RevokeCredential(node, msg.sender, role, organization, credentialId, holder);
    }

    function setRole(bytes32 node, address holder, bytes32 role) external onlyRole(REGISTRAR_ROLE) {
        (bytes32 actorRole, bytes32 organization) = _caller();
        _identities[holder].role = role;
        emit SetRole(node, msg.sender, actorRole, organization, holder, role);
    }

    function _caller() private view returns (bytes32 role, bytes32 organization) {
        Identity storage identity = _identities[msg.sender];
        return (identity.role, identity.organization);
    }
}
