// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";

/// @title What automation may do to the network, and how far.
/// @notice The sentinel role can only take access away, for a limited time, a limited number of times, never from
/// protected targets and never below the validators' quorum. Only people, in the restorer role, give access back early.
/// @dev Targets are bytes32: a node or grant identifier as UTF-8 text padded with zeros, or an actor's address in the low
/// 20 bytes. Everything lapses by block time without anyone's help, because a monitor that fails must fail towards care.
contract SentinelGuard is AccessControl, Pausable {
    enum Kind {
        Node,
        Grant,
        Actor
    }

    struct Effect {
        Kind kind;
        bytes32 target;
        uint64 startedAt;
        uint64 until;
        uint64 blockNumber;
        bool restored;
        bytes32 incidentId;
        bytes32 evidenceHash;
    }

    bytes32 public constant SENTINEL_ROLE = keccak256("SENTINEL_ROLE");
    bytes32 public constant RESTORER_ROLE = keccak256("RESTORER_ROLE");
    uint256 public constant VALIDATORS_MAX = 128;

    uint64 public ttlSecondsMax = 24 hours;
    uint64 public capWindowSeconds = 1 hours;

    /// @notice How many containments of a kind may start within any window of `capWindowSeconds`.
    mapping(Kind kind => uint256) public capPerWindow;
    mapping(Kind kind => mapping(bytes32 target => bool)) public isProtected;

    mapping(bytes32 actionKey => Effect) private _effects;
    mapping(Kind kind => mapping(bytes32 target => bytes32 actionKey)) private _latest;
    /// @dev Start times per kind, oldest first: the one `cap` places from the end decides whether the window is full.
    mapping(Kind kind => uint64[]) private _starts;
    bytes32[] private _validators;
    mapping(bytes32 node => bool) public isValidator;

    event Quarantined(
        bytes32 indexed node, bytes32 indexed actionKey, bytes32 indexed incidentId, bytes32 evidenceHash, uint64 until
    );
    event GrantRevoked(
        bytes32 indexed grantId, bytes32 indexed actionKey, bytes32 indexed incidentId, bytes32 evidenceHash, uint64 until
    );
    event Suspended(
        address indexed actor, bytes32 indexed actionKey, bytes32 indexed incidentId, bytes32 evidenceHash, uint64 until
    );
    event Released(
        bytes32 indexed node, bytes32 indexed actionKey, bytes32 indexed incidentId, bytes32 evidenceHash, bytes32 orderedBy
    );
    event GrantRestored(
        bytes32 indexed grantId, bytes32 indexed actionKey, bytes32 indexed incidentId, bytes32 evidenceHash, bytes32 orderedBy
    );
    event Reinstated(
        address indexed actor, bytes32 indexed actionKey, bytes32 indexed incidentId, bytes32 evidenceHash, bytes32 orderedBy
    );
    event LimitsChanged(Kind indexed kind, uint256 capPerWindow, uint64 capWindowSeconds, uint64 ttlSecondsMax);
    event ProtectionChanged(Kind indexed kind, bytes32 indexed target, bool isProtected);
    event ValidatorsChanged(bytes32[] validators);

    error EmptyTarget();
    error EmptyActionKey();
    error ActionKeyUsed(bytes32 actionKey);
    error UnknownActionKey(bytes32 actionKey);
    error WrongTarget(bytes32 actionKey, bytes32 target);
    error AlreadyContained(bytes32 target, uint64 until);
    error NotContained(bytes32 target);
    error TargetProtected(bytes32 target);
    error TtlOutOfRange(uint64 ttlSeconds, uint64 ttlSecondsMax);
    error CapReached(uint256 capPerWindow, uint64 capWindowSeconds, uint64 freeAt);
    error QuorumAtRisk(uint256 activeAfter, uint256 quorum);
    error TooManyValidators(uint256 count, uint256 countMax);
    error RepeatedValidator(bytes32 node);
    error WindowOutOfRange();
    error RolesMustDiffer(address account);

    constructor(address admin, address sentinel, address restorer) {
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(SENTINEL_ROLE, sentinel);
        _grantRole(RESTORER_ROLE, restorer);
        capPerWindow[Kind.Node] = 3;
        capPerWindow[Kind.Grant] = 20;
        capPerWindow[Kind.Actor] = 10;
    }

    // Containing: automation.

    function quarantineNode(bytes32 node, uint64 ttlSeconds, bytes32 actionKey, bytes32 incidentId, bytes32 evidenceHash)
        external
        onlyRole(SENTINEL_ROLE)
        whenNotPaused
    {
        if (isValidator[node]) _requireQuorumWithout(node);
        uint64 until = _contain(Kind.Node, node, ttlSeconds, actionKey, incidentId, evidenceHash);
        emit Quarantined(node, actionKey, incidentId, evidenceHash, until);
    }

    function revokeGrant(bytes32 grantId, uint64 ttlSeconds, bytes32 actionKey, bytes32 incidentId, bytes32 evidenceHash)
        external
        onlyRole(SENTINEL_ROLE)
        whenNotPaused
    {
        uint64 until = _contain(Kind.Grant, grantId, ttlSeconds, actionKey, incidentId, evidenceHash);
        emit GrantRevoked(grantId, actionKey, incidentId, evidenceHash, until);
    }

    function suspendActor(address actor, uint64 ttlSeconds, bytes32 actionKey, bytes32 incidentId, bytes32 evidenceHash)
        external
        onlyRole(SENTINEL_ROLE)
        whenNotPaused
    {
        uint64 until = _contain(Kind.Actor, _actorTarget(actor), ttlSeconds, actionKey, incidentId, evidenceHash);
        emit Suspended(actor, actionKey, incidentId, evidenceHash, until);
    }

    // Restoring: people. Works while paused, because the kill switch must never keep care from anyone.

    function releaseNode(bytes32 node, bytes32 actionKey, bytes32 evidenceHash, bytes32 orderedBy)
        external
        onlyRole(RESTORER_ROLE)
    {
        emit Released(node, actionKey, _restore(Kind.Node, node, actionKey), evidenceHash, orderedBy);
    }

    function restoreGrant(bytes32 grantId, bytes32 actionKey, bytes32 evidenceHash, bytes32 orderedBy)
        external
        onlyRole(RESTORER_ROLE)
    {
        emit GrantRestored(grantId, actionKey, _restore(Kind.Grant, grantId, actionKey), evidenceHash, orderedBy);
    }

    function reinstateActor(address actor, bytes32 actionKey, bytes32 evidenceHash, bytes32 orderedBy)
        external
        onlyRole(RESTORER_ROLE)
    {
        emit Reinstated(actor, actionKey, _restore(Kind.Actor, _actorTarget(actor), actionKey), evidenceHash, orderedBy);
    }

    // The kill switch: whoever may restore may also stop automation; only the administrator starts it again.

    function pause() external {
        if (!hasRole(DEFAULT_ADMIN_ROLE, msg.sender)) _checkRole(RESTORER_ROLE);
        _pause();
    }

    function unpause() external onlyRole(DEFAULT_ADMIN_ROLE) {
        _unpause();
    }

    // Limits, protection and validators: the administrator.

    function setLimits(Kind kind, uint256 cap, uint64 windowSeconds, uint64 ttlMax) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (windowSeconds == 0 || ttlMax == 0) revert WindowOutOfRange();
        capPerWindow[kind] = cap;
        capWindowSeconds = windowSeconds;
        ttlSecondsMax = ttlMax;
        emit LimitsChanged(kind, cap, windowSeconds, ttlMax);
    }

    function setProtected(Kind kind, bytes32 target, bool protect) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (target == bytes32(0)) revert EmptyTarget();
        isProtected[kind][target] = protect;
        emit ProtectionChanged(kind, target, protect);
    }

    function setValidators(bytes32[] calldata nodes) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (nodes.length > VALIDATORS_MAX) revert TooManyValidators(nodes.length, VALIDATORS_MAX);
        for (uint256 i = 0; i < _validators.length; i++) isValidator[_validators[i]] = false;
        for (uint256 i = 0; i < nodes.length; i++) {
            if (nodes[i] == bytes32(0)) revert EmptyTarget();
            if (isValidator[nodes[i]]) revert RepeatedValidator(nodes[i]);
            isValidator[nodes[i]] = true;
        }
        _validators = nodes;
        emit ValidatorsChanged(nodes);
    }

    // Reading.

    function isQuarantined(bytes32 node) public view returns (bool) {
        return _isContained(Kind.Node, node);
    }

    function isGrantRevoked(bytes32 grantId) public view returns (bool) {
        return _isContained(Kind.Grant, grantId);
    }

    function isSuspended(address actor) public view returns (bool) {
        return _isContained(Kind.Actor, _actorTarget(actor));
    }

    /// @notice What was done under a key; all zero when nothing was.
    function effectOf(bytes32 actionKey)
        external
        view
        returns (Kind kind, bytes32 target, uint64 startedAt, uint64 until, uint64 blockNumber, bool restored,
            bytes32 incidentId, bytes32 evidenceHash)
    {
        Effect storage e = _effects[actionKey];
        return (e.kind, e.target, e.startedAt, e.until, e.blockNumber, e.restored, e.incidentId, e.evidenceHash);
    }

    function validators() external view returns (bytes32[] memory nodes, bool[] memory quarantined) {
        nodes = _validators;
        quarantined = new bool[](nodes.length);
        for (uint256 i = 0; i < nodes.length; i++) quarantined[i] = isQuarantined(nodes[i]);
    }

    /// @notice Validators that must stay active, 2f + 1 with f = (n - 1) / 3; zero when no set is configured.
    function quorum() public view returns (uint256) {
        uint256 count = _validators.length;
        return count == 0 ? 0 : 2 * ((count - 1) / 3) + 1;
    }

    function _contain(
        Kind kind, bytes32 target, uint64 ttlSeconds, bytes32 actionKey, bytes32 incidentId, bytes32 evidenceHash
    ) private returns (uint64 until) {
        if (target == bytes32(0)) revert EmptyTarget();
        if (actionKey == bytes32(0)) revert EmptyActionKey();
        if (_effects[actionKey].startedAt != 0) revert ActionKeyUsed(actionKey);
        if (isProtected[kind][target]) revert TargetProtected(target);
        if (ttlSeconds == 0 || ttlSeconds > ttlSecondsMax) revert TtlOutOfRange(ttlSeconds, ttlSecondsMax);
        if (_isContained(kind, target)) revert AlreadyContained(target, _effects[_latest[kind][target]].until);
        _takePlaceInWindow(kind);
        uint64 startedAt = uint64(block.timestamp);
        until = startedAt + ttlSeconds;
        _effects[actionKey] =
            Effect(kind, target, startedAt, until, uint64(block.number), false, incidentId, evidenceHash);
        _latest[kind][target] = actionKey;
    }

    function _restore(Kind kind, bytes32 target, bytes32 actionKey) private returns (bytes32 incidentId) {
        Effect storage e = _effects[actionKey];
        if (e.startedAt == 0) revert UnknownActionKey(actionKey);
        if (e.kind != kind || e.target != target) revert WrongTarget(actionKey, target);
        if (e.restored || e.until <= block.timestamp) revert NotContained(target);
        e.restored = true;
        return e.incidentId;
    }

    function _takePlaceInWindow(Kind kind) private {
        uint64[] storage starts = _starts[kind];
        uint256 cap = capPerWindow[kind];
        if (cap == 0) revert CapReached(0, capWindowSeconds, type(uint64).max);
        if (starts.length >= cap) {
            uint64 freeAt = starts[starts.length - cap] + capWindowSeconds;
            if (freeAt > block.timestamp) revert CapReached(cap, capWindowSeconds, freeAt);
        }
        starts.push(uint64(block.timestamp));
    }

    function _requireQuorumWithout(bytes32 node) private view {
        uint256 activeAfter = 0;
        for (uint256 i = 0; i < _validators.length; i++) {
            if (_validators[i] != node && !isQuarantined(_validators[i])) activeAfter++;
        }
        if (activeAfter < quorum()) revert QuorumAtRisk(activeAfter, quorum());
    }

    function _isContained(Kind kind, bytes32 target) private view returns (bool) {
        Effect storage e = _effects[_latest[kind][target]];
        return !e.restored && e.until > block.timestamp;
    }

    function _actorTarget(address actor) private pure returns (bytes32) {
        return bytes32(uint256(uint160(actor)));
    }

    /// @dev A key that automation holds must never also restore or administer.
    function _grantRole(bytes32 role, address account) internal override returns (bool) {
        bool clash = role == SENTINEL_ROLE
            ? hasRole(RESTORER_ROLE, account) || hasRole(DEFAULT_ADMIN_ROLE, account)
            : hasRole(SENTINEL_ROLE, account);
        if (clash) revert RolesMustDiffer(account);
        return super._grantRole(role, account);
    }
}
