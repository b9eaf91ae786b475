// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

/// @title Roots of evidence logs: append-only, each of a larger log than the one before. One role may anchor, and can do nothing else.
contract EvidenceAnchor is AccessControl {
    bytes32 public constant RECORDER_ROLE = keccak256("RECORDER_ROLE");

    struct Anchor {
        uint64 size;
        uint64 anchoredAt;
        uint64 blockNumber;
        bytes32 root;
    }

    mapping(bytes32 log => Anchor) private _latest;
    mapping(bytes32 log => mapping(uint64 size => bytes32)) public rootAt;

    event EvidenceAnchored(bytes32 indexed log, uint64 indexed size, bytes32 root, address recorder);

    error EmptyRoot();
    error NotLarger(uint64 anchored, uint64 offered);

    constructor(address admin, address recorder) {
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(RECORDER_ROLE, recorder);
    }

    function anchorEvidence(bytes32 log, uint64 size, bytes32 root) external onlyRole(RECORDER_ROLE) {
        if (root == bytes32(0)) revert EmptyRoot();
        uint64 anchored = _latest[log].size;
        if (size <= anchored) revert NotLarger(anchored, size);
        _latest[log] = Anchor(size, uint64(block.timestamp), uint64(block.number), root);
        rootAt[log][size] = root;
        emit EvidenceAnchored(log, size, root, msg.sender);
    }

    function latest(bytes32 log) external view returns (uint64 size, uint64 anchoredAt, uint64 blockNumber, bytes32 root) {
        Anchor memory anchor = _latest[log];
        return (anchor.size, anchor.anchoredAt, anchor.blockNumber, anchor.root);
    }
}
