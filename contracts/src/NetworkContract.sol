// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IdentityRegistry} from "./IdentityRegistry.sol";

/// @title What the contracts of the reference network share.
/// @notice Every method names the node it came through and emits one event of the method's name, carrying the node, the
/// actor, the actor's registered role and organization, and the method's own fields.
/// @dev Conventions the monitor's decoder relies on: identifiers are bytes32 text padded with zeros; a party that may be an
/// actor or an organization is bytes32 with the address in the low 20 bytes or the text `org:…`; names ending in `At` are
/// Unix seconds, zero for none; names ending in `E6` are fixed-point with six decimals; a name ending in an underscore is
/// one of the method's own arguments although a common field has its name.
/// The node is named by the caller: the reference network trusts its nodes to do so truthfully, and the monitor watches them.
abstract contract NetworkContract {
    IdentityRegistry internal immutable _identities;

    error UnknownItem(bytes32 id);
    error ItemExists(bytes32 id);
    error ItemEnded(bytes32 id);

    constructor(IdentityRegistry identities) {
        _identities = identities;
    }

    function _role() internal view returns (bytes32 role) {
        (role,) = _identities.identityOf(msg.sender);
    }

    function _organization() internal view returns (bytes32 organization) {
        (, organization) = _identities.identityOf(msg.sender);
    }
}
