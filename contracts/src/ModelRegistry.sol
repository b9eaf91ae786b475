// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IdentityRegistry} from "./IdentityRegistry.sol";
import {NetworkContract} from "./NetworkContract.sol";

/// @title Federated learning: updates submitted, rounds aggregated, models published.
contract ModelRegistry is NetworkContract {
    mapping(bytes32 modelId => mapping(uint64 round => uint256)) public updatesIn;

    event SubmitUpdate(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed modelId,
        uint64 round, uint256 updateNormE6, int256 cosineE6, string provenance
    );
    event Aggregate(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed modelId,
        uint64 round
    );
    event PublishModel(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed modelId,
        uint64 round
    );

    error EmptyRound(bytes32 modelId, uint64 round);

    constructor(IdentityRegistry identities) NetworkContract(identities) {}

    function submitUpdate(
        bytes32 node, bytes32 modelId, uint64 round, uint256 updateNormE6, int256 cosineE6, string calldata provenance
    ) external {
        updatesIn[modelId][round]++;
        emit SubmitUpdate(
            node, msg.sender, _role(), _organization(), modelId, round, updateNormE6, cosineE6, provenance
        );
    }

    function aggregate(bytes32 node, bytes32 modelId, uint64 round) external {
        if (updatesIn[modelId][round] == 0) revert EmptyRound(modelId, round);
        emit Aggregate(node, msg.sender, _role(), _organization(), modelId, round);
    }

    function publishModel(bytes32 node, bytes32 modelId, uint64 round) external {
        if (updatesIn[modelId][round] == 0) revert EmptyRound(modelId, round);
        emit PublishModel(node, msg.sender, _role(), _organization(), modelId, round);
    }
}
