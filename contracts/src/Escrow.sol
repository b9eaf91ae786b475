// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IdentityRegistry} from "./IdentityRegistry.sol";
import {NetworkContract} from "./NetworkContract.sol";

/// @title Payments held until data has been delivered.
/// @notice Keeps the account of what was funded and paid out; settlement happens off the chain. Part payments are allowed, and
/// an escrow may be topped up.
contract Escrow is NetworkContract {
    mapping(bytes32 escrowId => uint256) public fundedE6Of;
    mapping(bytes32 escrowId => uint256) public paidE6Of;

    event Fund(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, uint256 amountE6,
        bytes32 indexed escrowId, bytes32 payee, bytes32 grantId_
    );
    event Release(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, uint256 amountE6,
        bytes32 indexed escrowId, bytes32 payee, bytes32 grantId_
    );
    event Refund(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, uint256 amountE6,
        bytes32 indexed escrowId, bytes32 payee, bytes32 grantId_
    );

    constructor(IdentityRegistry identities) NetworkContract(identities) {}

    function fund(bytes32 node, uint256 amountE6, bytes32 escrowId, bytes32 payee, bytes32 grantId_) external {
        fundedE6Of[escrowId] += amountE6;
        emit Fund(node, msg.sender, _role(), _organization(), amountE6, escrowId, payee, grantId_);
    }

    function release(bytes32 node, uint256 amountE6, bytes32 escrowId, bytes32 payee, bytes32 grantId_) external {
        _pay(amountE6, escrowId);
        emit Release(node, msg.sender, _role(), _organization(), amountE6, escrowId, payee, grantId_);
    }

    function refund(bytes32 node, uint256 amountE6, bytes32 escrowId, bytes32 payee, bytes32 grantId_) external {
        _pay(amountE6, escrowId);
        emit Refund(node, msg.sender, _role(), _organization(), amountE6, escrowId, payee, grantId_);
    }

    /// @dev Refuses an escrow that was never funded. Paying out more than was funded is an overdraft the organizations settle
    /// between themselves, so the contract records it and the monitor reports it.
    function _pay(uint256 amountE6, bytes32 escrowId) private {
        if (fundedE6Of[escrowId] == 0) revert UnknownItem(escrowId);
        paidE6Of[escrowId] += amountE6;
    }
}
