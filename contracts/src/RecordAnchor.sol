// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IdentityRegistry} from "./IdentityRegistry.sol";
import {NetworkContract} from "./NetworkContract.sol";

/// @title Hashes of records kept off the chain. A record may be anchored again when it changes; the latest hash counts.
contract RecordAnchor is NetworkContract {
    mapping(bytes32 subject => mapping(bytes32 recordId => bytes32)) public hashOf;

    event AnchorRecord(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed subject,
        bytes32 recordId, bytes32 recordHash
    );

    error EmptyHash(bytes32 recordId);

    constructor(IdentityRegistry identities) NetworkContract(identities) {}

    function anchorRecord(bytes32 node, bytes32 subject, bytes32 recordId, bytes32 recordHash) external {
        if (recordHash == bytes32(0)) revert EmptyHash(recordId);
        hashOf[subject][recordId] = recordHash;
        emit AnchorRecord(node, msg.sender, _role(), _organization(), subject, recordId, recordHash);
    }
}
