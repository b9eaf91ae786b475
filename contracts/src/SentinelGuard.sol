// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";

/// @title What automation may do to the network, and how far.
/// @notice The sentinel role can only take access away: for a limited time, a limited number of times in any window and at once,
/// never from protected targets and never below the validators' quorum. Giving access back early takes two different holders of
/// the restorer role, and loosening any limit takes two different administrators, who send the same call; tightening takes one.
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
    uint256 public constant LIVE_MAX = 256;
    /// @notice How long the first of two people's calls waits for the second.
    uint64 public constant CONSENT_SECONDS = 1 hours;
    /// @notice The purpose of emergency access, which nothing here ever stops.
    bytes32 public constant BREAK_GLASS = "BTG";

    struct Consent {
        address first;
        uint64 until;
    }

    uint64 public ttlSecondsMax = 24 hours;
    uint64 public capWindowSeconds = 1 hours;

    /// @notice How many containments of a kind may start within any window of `capWindowSeconds`.
    mapping(Kind kind => uint256) public capPerWindow;
    /// @notice How many containments of a kind may be in force at once.
    mapping(Kind kind => uint256) public liveMax;
    mapping(Kind kind => mapping(bytes32 target => bool)) public isProtected;

    mapping(bytes32 actionKey => Effect) private _effects;
    mapping(Kind kind => mapping(bytes32 target => bytes32 actionKey)) private _latest;
    /// @dev Start times per kind, oldest first: the one `cap` places from the end decides whether the window is full.
    mapping(Kind kind => uint64[]) private _starts;
    /// @dev Keys of containments in force, and of some that are over and not swept yet; never longer than `liveMax`.
    mapping(Kind kind => bytes32[]) private _live;
    mapping(bytes32 call => Consent) private _consents;
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
    event LimitsChanged(
        Kind indexed kind, uint256 capPerWindow, uint256 liveMax, uint64 capWindowSeconds, uint64 ttlSecondsMax
    );
    /// @notice The first of two people has sent a call; it takes effect when another sends the same before `until`.
    event ConsentGiven(bytes32 indexed call, address indexed by, uint64 until);
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
    error OrderTooLate(uint64 notAfter);
    error LiveCapReached(uint256 liveMax);
    error NotAllowed(bytes32 reason);
    error CapReached(uint256 capPerWindow, uint64 capWindowSeconds, uint64 freeAt);
    error QuorumAtRisk(uint256 activeAfter, uint256 quorum);
    error TooManyValidators(uint256 count, uint256 countMax);
    error RepeatedValidator(bytes32 node);
    error WindowOutOfRange();
    error RolesMustDiffer(address account);

    constructor(
        address admin, address secondAdmin, address sentinel, address restorer, address secondRestorer
    ) {
        if (admin == secondAdmin) revert RolesMustDiffer(admin);
        if (restorer == secondRestorer) revert RolesMustDiffer(restorer);
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(DEFAULT_ADMIN_ROLE, secondAdmin);
        _grantRole(SENTINEL_ROLE, sentinel);
        _grantRole(RESTORER_ROLE, restorer);
        _grantRole(RESTORER_ROLE, secondRestorer);
        (capPerWindow[Kind.Node], liveMax[Kind.Node]) = (3, 6);
        (capPerWindow[Kind.Grant], liveMax[Kind.Grant]) = (20, 40);
        (capPerWindow[Kind.Actor], liveMax[Kind.Actor]) = (10, 20);
    }

    // Containing: automation.

    function quarantineNode(
        bytes32 node, uint64 ttlSeconds, uint64 notAfter, bytes32 actionKey, bytes32 incidentId, bytes32 evidenceHash
    ) external onlyRole(SENTINEL_ROLE) whenNotPaused {
        if (block.timestamp > notAfter) revert OrderTooLate(notAfter);
        if (isValidator[node]) _requireQuorumWithout(node);
        uint64 until = _contain(Kind.Node, node, ttlSeconds, actionKey, incidentId, evidenceHash);
        emit Quarantined(node, actionKey, incidentId, evidenceHash, until);
    }

    function revokeGrant(
        bytes32 grantId, uint64 ttlSeconds, uint64 notAfter, bytes32 actionKey, bytes32 incidentId, bytes32 evidenceHash
    ) external onlyRole(SENTINEL_ROLE) whenNotPaused {
        if (block.timestamp > notAfter) revert OrderTooLate(notAfter);
        uint64 until = _contain(Kind.Grant, grantId, ttlSeconds, actionKey, incidentId, evidenceHash);
        emit GrantRevoked(grantId, actionKey, incidentId, evidenceHash, until);
    }

    function suspendActor(
        address actor, uint64 ttlSeconds, uint64 notAfter, bytes32 actionKey, bytes32 incidentId, bytes32 evidenceHash
    ) external onlyRole(SENTINEL_ROLE) whenNotPaused {
        if (block.timestamp > notAfter) revert OrderTooLate(notAfter);
        uint64 until = _contain(Kind.Actor, _actorTarget(actor), ttlSeconds, actionKey, incidentId, evidenceHash);
        emit Suspended(actor, actionKey, incidentId, evidenceHash, until);
    }

    // Restoring: two people, each sending the same call from an account of their own. Works while paused, because the kill switch
    // must never keep care from anyone.

    function releaseNode(bytes32 node, bytes32 actionKey, bytes32 evidenceHash, bytes32 orderedBy)
        external
        onlyRole(RESTORER_ROLE)
    {
        (bool isDone, bytes32 incidentId) = _restore(Kind.Node, node, actionKey);
        if (isDone) emit Released(node, actionKey, incidentId, evidenceHash, orderedBy);
    }

    function restoreGrant(bytes32 grantId, bytes32 actionKey, bytes32 evidenceHash, bytes32 orderedBy)
        external
        onlyRole(RESTORER_ROLE)
    {
        (bool isDone, bytes32 incidentId) = _restore(Kind.Grant, grantId, actionKey);
        if (isDone) emit GrantRestored(grantId, actionKey, incidentId, evidenceHash, orderedBy);
    }

    function reinstateActor(address actor, bytes32 actionKey, bytes32 evidenceHash, bytes32 orderedBy)
        external
        onlyRole(RESTORER_ROLE)
    {
        (bool isDone, bytes32 incidentId) = _restore(Kind.Actor, _actorTarget(actor), actionKey);
        if (isDone) emit Reinstated(actor, actionKey, incidentId, evidenceHash, orderedBy);
    }

    // The kill switch: whoever may restore may also stop automation, alone; two administrators start it again.

    function pause() external {
        if (!hasRole(DEFAULT_ADMIN_ROLE, msg.sender)) _checkRole(RESTORER_ROLE);
        _pause();
    }

    function unpause() external onlyRole(DEFAULT_ADMIN_ROLE) {
        _requirePaused();
        if (_isSecond(DEFAULT_ADMIN_ROLE)) _unpause();
    }

    // Limits, protection, validators and roles: two administrators, or one who only tightens.

    function setLimits(Kind kind, uint256 cap, uint256 live, uint64 windowSeconds, uint64 ttlMax)
        external
        onlyRole(DEFAULT_ADMIN_ROLE)
    {
        if (windowSeconds == 0 || ttlMax == 0 || live > LIVE_MAX) revert WindowOutOfRange();
        bool loosens = cap > capPerWindow[kind] || live > liveMax[kind] || windowSeconds < capWindowSeconds
            || ttlMax > ttlSecondsMax;
        if (loosens && !_isSecond(DEFAULT_ADMIN_ROLE)) return;
        capPerWindow[kind] = cap;
        liveMax[kind] = live;
        capWindowSeconds = windowSeconds;
        ttlSecondsMax = ttlMax;
        emit LimitsChanged(kind, cap, live, windowSeconds, ttlMax);
    }

    function setProtected(Kind kind, bytes32 target, bool protect) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (target == bytes32(0)) revert EmptyTarget();
        if (!protect && !_isSecond(DEFAULT_ADMIN_ROLE)) return;
        isProtected[kind][target] = protect;
        emit ProtectionChanged(kind, target, protect);
    }

    function setValidators(bytes32[] calldata nodes) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (nodes.length > VALIDATORS_MAX) revert TooManyValidators(nodes.length, VALIDATORS_MAX);
        for (uint256 i = 0; i < nodes.length; i++) {
            if (nodes[i] == bytes32(0)) revert EmptyTarget();
            for (uint256 j = 0; j < i; j++) if (nodes[i] == nodes[j]) revert RepeatedValidator(nodes[i]);
        }
        if (!_isSecond(DEFAULT_ADMIN_ROLE)) return;
        for (uint256 i = 0; i < _validators.length; i++) isValidator[_validators[i]] = false;
        for (uint256 i = 0; i < nodes.length; i++) isValidator[nodes[i]] = true;
        _validators = nodes;
        emit ValidatorsChanged(nodes);
    }

    function grantRole(bytes32 role, address account) public override onlyRole(getRoleAdmin(role)) {
        _requireRolesDiffer(role, account);
        if (_isSecond(DEFAULT_ADMIN_ROLE)) _grantRole(role, account);
    }

    /// @notice One administrator takes the containing role from a key that leaked; any other role takes two.
    function revokeRole(bytes32 role, address account) public override onlyRole(getRoleAdmin(role)) {
        if (role == SENTINEL_ROLE || _isSecond(DEFAULT_ADMIN_ROLE)) _revokeRole(role, account);
    }

    // Reading.

    /// @notice Whether the guard lets an actor act through a node on a grant; what is zero is not asked about.
    /// @return allowed Always true for emergency access.
    /// @return reason Text for people and programs, empty when allowed.
    function isAllowed(address actor, bytes32 node, bytes32 grantId, bytes32 purpose)
        public
        view
        returns (bool allowed, bytes32 reason)
    {
        if (purpose == BREAK_GLASS) return (true, bytes32(0));
        if (node != bytes32(0) && isQuarantined(node)) return (false, "node-quarantined");
        if (actor != address(0) && isSuspended(actor)) return (false, "actor-suspended");
        if (grantId != bytes32(0) && isGrantRevoked(grantId)) return (false, "grant-revoked");
        return (true, bytes32(0));
    }

    /// @notice The same as a condition: network contracts call this first and need nothing else.
    function requireAllowed(address actor, bytes32 node, bytes32 grantId, bytes32 purpose) external view {
        (bool allowed, bytes32 reason) = isAllowed(actor, node, grantId, purpose);
        if (!allowed) revert NotAllowed(reason);
    }

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

    /// @notice Validators that must stay active: two thirds rounded up, as QBFT needs, which is never fewer than 2f + 1 with
    /// f = (n - 1) / 3; zero when no set is configured.
    function quorum() public view returns (uint256) {
        return (2 * _validators.length + 2) / 3;
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
        _takePlaceAmongLive(kind, actionKey);
        uint64 startedAt = uint64(block.timestamp);
        until = startedAt + ttlSeconds;
        _effects[actionKey] =
            Effect(kind, target, startedAt, until, uint64(block.number), false, incidentId, evidenceHash);
        _latest[kind][target] = actionKey;
    }

    function _restore(Kind kind, bytes32 target, bytes32 actionKey) private returns (bool isDone, bytes32 incidentId) {
        Effect storage e = _effects[actionKey];
        if (e.startedAt == 0) revert UnknownActionKey(actionKey);
        if (e.kind != kind || e.target != target) revert WrongTarget(actionKey, target);
        if (e.restored || e.until <= block.timestamp) revert NotContained(target);
        if (!_isSecond(RESTORER_ROLE)) return (false, bytes32(0));
        e.restored = true;
        return (true, e.incidentId);
    }

    /// @dev The second of two holders of a role who send the same call. What the first sent waits, unless they lost the role.
    function _isSecond(bytes32 role) private returns (bool) {
        bytes32 order = keccak256(msg.data);
        Consent memory consent = _consents[order];
        if (consent.first != address(0) && consent.first != msg.sender && consent.until > block.timestamp
            && hasRole(role, consent.first)) {
            delete _consents[order];
            return true;
        }
        uint64 until = uint64(block.timestamp) + CONSENT_SECONDS;
        _consents[order] = Consent(msg.sender, until);
        emit ConsentGiven(order, msg.sender, until);
        return false;
    }

    /// @dev Sweeps what is over, then takes a place. Bounded by `liveMax`.
    function _takePlaceAmongLive(Kind kind, bytes32 actionKey) private {
        bytes32[] storage live = _live[kind];
        uint256 i = 0;
        while (i < live.length) {
            Effect storage e = _effects[live[i]];
            if (e.restored || e.until <= block.timestamp) {
                live[i] = live[live.length - 1];
                live.pop();
            } else {
                i++;
            }
        }
        if (live.length >= liveMax[kind]) revert LiveCapReached(liveMax[kind]);
        live.push(actionKey);
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

    function _grantRole(bytes32 role, address account) internal override returns (bool) {
        _requireRolesDiffer(role, account);
        return super._grantRole(role, account);
    }

    /// @dev A key that automation holds must never also restore or administer.
    function _requireRolesDiffer(bytes32 role, address account) private view {
        bool clash = role == SENTINEL_ROLE
            ? hasRole(RESTORER_ROLE, account) || hasRole(DEFAULT_ADMIN_ROLE, account)
            : hasRole(SENTINEL_ROLE, account);
        if (clash) revert RolesMustDiffer(account);
    }
}
