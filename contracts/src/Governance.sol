// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IdentityRegistry} from "./IdentityRegistry.sol";
import {NetworkContract} from "./NetworkContract.sol";

/// @title The consortium's own decisions, recorded where every member sees them.
/// @notice Only governors decide. What a decision names is carried out by the organizations that run it.
contract Governance is NetworkContract {
    address public immutable founder;
    mapping(address account => bool) public isGovernor;
    mapping(bytes32 role => mapping(address account => bool)) public hasRole;
    mapping(bytes32 target => bool) public isPaused;

    event GrantRole(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 role, address account
    );
    event RevokeRole(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 role, address account
    );
    event Upgrade(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 target,
        address implementation
    );
    event Pause(bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 target);
    event Unpause(bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 target);
    event SetParameter(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 name, int256 valueE6
    );

    error NotFounder();
    error NotGovernor(address account);
    error RoleNotHeld(bytes32 role, address account);

    constructor(IdentityRegistry identities, address founderAccount) NetworkContract(identities) {
        founder = founderAccount;
        isGovernor[founderAccount] = true;
    }

    modifier onlyGovernor() {
        if (!isGovernor[msg.sender]) revert NotGovernor(msg.sender);
        _;
    }

    /// @notice Names a governor: the consortium's founding act, not a decision of the running network.
    function appoint(address account) external {
        if (msg.sender != founder) revert NotFounder();
        isGovernor[account] = true;
    }

    function grantRole(bytes32 node, bytes32 role, address account) external onlyGovernor {
        hasRole[role][account] = true;
        emit GrantRole(node, msg.sender, _role(), _organization(), role, account);
    }

    function revokeRole(bytes32 node, bytes32 role, address account) external onlyGovernor {
        if (!hasRole[role][account]) revert RoleNotHeld(role, account);
        hasRole[role][account] = false;
        emit RevokeRole(node, msg.sender, _role(), _organization(), role, account);
    }

    function upgrade(bytes32 node, bytes32 target, address implementation) external onlyGovernor {
        emit Upgrade(node, msg.sender, _role(), _organization(), target, implementation);
    }

    function pause(bytes32 node, bytes32 target) external onlyGovernor {
        if (isPaused[target]) revert ItemExists(target);
        isPaused[target] = true;
        emit Pause(node, msg.sender, _role(), _organization(), target);
    }

    function unpause(bytes32 node, bytes32 target) external onlyGovernor {
        if (!isPaused[target]) revert UnknownItem(target);
        isPaused[target] = false;
        emit Unpause(node, msg.sender, _role(), _organization(), target);
    }

    function setParameter(bytes32 node, bytes32 name, int256 valueE6) external onlyGovernor {
        emit SetParameter(node, msg.sender, _role(), _organization(), name, valueE6);
    }
}
