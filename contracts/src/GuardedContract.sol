// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IdentityRegistry} from "./IdentityRegistry.sol";
import {NetworkContract} from "./NetworkContract.sol";
import {SentinelGuard} from "./SentinelGuard.sol";

/// @title The hook by which a contract of the network lets the guard have a say.
/// @notice One modifier: what the guard contains does not pass, and emergency access (purpose `BTG`) always does. A contract whose
/// acts have no purpose asks with zero.
abstract contract GuardedContract is NetworkContract {
    SentinelGuard public immutable guard;
    /// @notice The name under which the guard may pause this contract: the one the monitor's events give it.
    bytes32 public immutable guardedName;

    constructor(IdentityRegistry identities, SentinelGuard sentinelGuard, bytes32 name) NetworkContract(identities) {
        guard = sentinelGuard;
        guardedName = name;
    }

    modifier whenAllowed(bytes32 node, bytes32 grantId, bytes32 purpose) {
        guard.requireAllowedIn(guardedName, msg.sender, node, grantId, purpose);
        _;
    }
}
