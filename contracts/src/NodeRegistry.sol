// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMembership} from "./IMembership.sol";
import {IdentityRegistry} from "./IdentityRegistry.sol";
import {NetworkContract} from "./NetworkContract.sol";
import {SentinelGuard} from "./SentinelGuard.sol";

/// @title Membership: nodes are proposed, voted on, admitted and removed, and say that they are alive.
/// @notice A quarantined node cannot change the membership; it may still send heartbeats, so that it can be seen to be alive.
/// Votes are recorded, not counted: the consortium admits and removes by its own procedure, and the monitor compares.
contract NodeRegistry is NetworkContract, IMembership {
    enum Standing {
        Unknown,
        Proposed,
        Admitted,
        Removed
    }

    SentinelGuard public immutable guard;
    address public immutable founder;
    mapping(bytes32 nodeId => Standing) public standingOf;
    /// @notice The organization of an admitted node; zero for any other.
    mapping(bytes32 nodeId => bytes32) public organizationOf;
    /// @notice How many nodes an organization has.
    mapping(bytes32 organization => uint256) public membersOf;

    event ProposeNode(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed nodeId,
        bytes32 nodeOrganization, bytes32 fingerprint
    );
    event AdmitNode(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed nodeId,
        bytes32 nodeOrganization
    );
    event RemoveNode(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed nodeId,
        bytes32 nodeOrganization
    );
    event Vote(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed nodeId,
        bool approve
    );
    event Heartbeat(bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, string version);

    error NotFounder();
    error NodeQuarantined(bytes32 node);

    constructor(IdentityRegistry identities, SentinelGuard sentinelGuard, address founderAccount) NetworkContract(identities) {
        guard = sentinelGuard;
        founder = founderAccount;
    }

    modifier notQuarantined(bytes32 node) {
        if (guard.isQuarantined(node)) revert NodeQuarantined(node);
        _;
    }

    /// @notice Admits the nodes the network starts with.
    function found(bytes32 nodeId, bytes32 nodeOrganization) external {
        if (msg.sender != founder) revert NotFounder();
        _admit(nodeId, nodeOrganization);
    }

    function proposeNode(bytes32 node, bytes32 nodeId, bytes32 nodeOrganization, bytes32 fingerprint)
        external
        notQuarantined(node)
    {
        Standing standing = standingOf[nodeId];
        if (standing == Standing.Proposed || standing == Standing.Admitted) revert ItemExists(nodeId);
        standingOf[nodeId] = Standing.Proposed;
        emit ProposeNode(node, msg.sender, _role(), _organization(), nodeId, nodeOrganization, fingerprint);
    }

    function admitNode(bytes32 node, bytes32 nodeId, bytes32 nodeOrganization) external notQuarantined(node) {
        if (standingOf[nodeId] != Standing.Proposed) revert UnknownItem(nodeId);
        _admit(nodeId, nodeOrganization);
        emit AdmitNode(node, msg.sender, _role(), _organization(), nodeId, nodeOrganization);
    }

    function removeNode(bytes32 node, bytes32 nodeId, bytes32 nodeOrganization) external notQuarantined(node) {
        if (standingOf[nodeId] != Standing.Admitted) revert UnknownItem(nodeId);
        standingOf[nodeId] = Standing.Removed;
        if (organizationOf[nodeId] != bytes32(0)) membersOf[organizationOf[nodeId]]--;
        organizationOf[nodeId] = bytes32(0);
        emit RemoveNode(node, msg.sender, _role(), _organization(), nodeId, nodeOrganization);
    }

    function vote(bytes32 node, bytes32 nodeId, bool approve) external notQuarantined(node) {
        if (standingOf[nodeId] == Standing.Unknown) revert UnknownItem(nodeId);
        emit Vote(node, msg.sender, _role(), _organization(), nodeId, approve);
    }

    function heartbeat(bytes32 node, string calldata version) external {
        emit Heartbeat(node, msg.sender, _role(), _organization(), version);
    }

    function _admit(bytes32 nodeId, bytes32 nodeOrganization) private {
        if (organizationOf[nodeId] != bytes32(0)) membersOf[organizationOf[nodeId]]--;
        if (nodeOrganization != bytes32(0)) membersOf[nodeOrganization]++;
        standingOf[nodeId] = Standing.Admitted;
        organizationOf[nodeId] = nodeOrganization;
    }
}
