// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GuardedContract} from "./GuardedContract.sol";
import {IdentityRegistry} from "./IdentityRegistry.sol";
import {SentinelGuard} from "./SentinelGuard.sol";

/// @title Rights to use a dataset, as amounts that are minted, transferred and redeemed.
/// @notice Nothing here serves anybody's care, so all of it stops for whom and what the guard contains.
contract DataToken is GuardedContract {
    mapping(bytes32 datasetId => mapping(bytes32 holder => uint256)) public balanceE6Of;

    event Mint(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, uint256 amountE6, bytes32 to,
        bytes32 indexed datasetId
    );
    event Transfer(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, uint256 amountE6, bytes32 to,
        bytes32 indexed datasetId
    );
    event Redeem(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, uint256 amountE6, bytes32 to,
        bytes32 indexed datasetId
    );

    error BalanceTooLow(bytes32 datasetId, uint256 balanceE6);

    constructor(IdentityRegistry identities, SentinelGuard sentinelGuard)
        GuardedContract(identities, sentinelGuard, "DataToken")
    {}

    function mint(bytes32 node, uint256 amountE6, bytes32 to, bytes32 datasetId) external whenAllowed(node, 0, 0) {
        balanceE6Of[datasetId][to] += amountE6;
        emit Mint(node, msg.sender, _role(), _organization(), amountE6, to, datasetId);
    }

    function transfer(bytes32 node, uint256 amountE6, bytes32 to, bytes32 datasetId) external whenAllowed(node, 0, 0) {
        _take(amountE6, datasetId);
        balanceE6Of[datasetId][to] += amountE6;
        emit Transfer(node, msg.sender, _role(), _organization(), amountE6, to, datasetId);
    }

    /// @notice Spends a right; `to` is whoever provides the data.
    function redeem(bytes32 node, uint256 amountE6, bytes32 to, bytes32 datasetId) external whenAllowed(node, 0, 0) {
        _take(amountE6, datasetId);
        emit Redeem(node, msg.sender, _role(), _organization(), amountE6, to, datasetId);
    }

    function _take(uint256 amountE6, bytes32 datasetId) private {
        bytes32 holder = bytes32(uint256(uint160(msg.sender)));
        uint256 balanceE6 = balanceE6Of[datasetId][holder];
        if (balanceE6 < amountE6) revert BalanceTooLow(datasetId, balanceE6);
        balanceE6Of[datasetId][holder] = balanceE6 - amountE6;
    }
}
