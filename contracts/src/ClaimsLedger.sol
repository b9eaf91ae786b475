// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IdentityRegistry} from "./IdentityRegistry.sol";
import {NetworkContract} from "./NetworkContract.sol";

/// @title Insurance claims: submitted, adjudicated, paid.
/// @notice A claim may be adjudicated again on appeal and paid in instalments, so neither is refused a second time; whether a
/// second payment was owed is for the monitor to ask.
contract ClaimsLedger is NetworkContract {
    mapping(bytes32 claimId => bytes32 subject) public subjectOf;

    event SubmitClaim(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed subject,
        uint256 amountE6, bytes32 claimId, bytes32 encounterId, bytes32 code
    );
    event Adjudicate(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed subject,
        bytes32 claimId, bytes32 outcome
    );
    event Pay(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed subject,
        uint256 amountE6, bytes32 claimId, bytes32 payee
    );

    constructor(IdentityRegistry identities) NetworkContract(identities) {}

    function submitClaim(
        bytes32 node, bytes32 subject, uint256 amountE6, bytes32 claimId, bytes32 encounterId, bytes32 code
    ) external {
        if (subjectOf[claimId] != bytes32(0)) revert ItemExists(claimId);
        subjectOf[claimId] = subject;
        emit SubmitClaim(node, msg.sender, _role(), _organization(), subject, amountE6, claimId, encounterId, code);
    }

    function adjudicate(bytes32 node, bytes32 subject, bytes32 claimId, bytes32 outcome) external {
        _requireClaim(subject, claimId);
        emit Adjudicate(node, msg.sender, _role(), _organization(), subject, claimId, outcome);
    }

    function pay(bytes32 node, bytes32 subject, uint256 amountE6, bytes32 claimId, bytes32 payee) external {
        _requireClaim(subject, claimId);
        emit Pay(node, msg.sender, _role(), _organization(), subject, amountE6, claimId, payee);
    }

    function _requireClaim(bytes32 subject, bytes32 claimId) private view {
        if (subjectOf[claimId] == bytes32(0) || subjectOf[claimId] != subject) revert UnknownItem(claimId);
    }
}
