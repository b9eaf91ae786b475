// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IdentityRegistry} from "./IdentityRegistry.sol";
import {NetworkContract} from "./NetworkContract.sol";

/// @title The record of zero-knowledge verifications.
/// @notice Does no pairing arithmetic: a verifier of the proof system in use reports its verdict here, since such verifiers
/// emit no event of their own. A nullifier seen before is counted, not refused: whoever relies on it decides, and the
/// monitor reports the reuse.
contract ProofVerifier is NetworkContract {
    mapping(bytes32 nullifier => uint256) public usesOf;

    event VerifyProof(
        bytes32 indexed node, address indexed actor, bytes32 actorRole, bytes32 organization, bytes32 indexed subject,
        bytes32 purpose, bytes32 proofHash, bytes32 nullifier, bytes32 verificationKeyId, bool valid
    );

    constructor(IdentityRegistry identities) NetworkContract(identities) {}

    function verifyProof(
        bytes32 node, bytes32 subject, bytes32 purpose, bytes32 proofHash, bytes32 nullifier, bytes32 verificationKeyId,
        bool valid
    ) external {
        usesOf[nullifier]++;
        emit VerifyProof(
            node, msg.sender, _role(), _organization(), subject, purpose, proofHash, nullifier, verificationKeyId, valid
        );
    }
}
