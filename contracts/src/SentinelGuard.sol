// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GuardAdministration} from "./GuardAdministration.sol";
import {IMembership} from "./IMembership.sol";

/// @title What automation may do to the network, and how far.
/// @notice The sentinel role can only take access away: for a limited time, a limited number of times in any window and at once,
/// from a limited share of an organization, never again right after, never from protected targets and never below the validators'
/// quorum. Giving access back early, or keeping it away longer, takes two different holders of the restorer role, and loosening
/// any limit takes two different administrators, who send the same call; tightening takes one.
/// @dev Targets are bytes32: a node's, grant's or contract's name as UTF-8 text padded with zeros, or an actor's address in the low
/// 20 bytes. Everything lapses by block time without anyone's help, because a monitor that fails must fail towards care.
contract SentinelGuard is GuardAdministration {
    /// @dev Times and the block number are narrow so that everything a containment changes later lies in one slot.
    struct Effect {
        bytes32 target;
        Kind kind;
        uint64 startedAt;
        uint64 until;
        uint48 blockNumber;
        uint64 restoredAt;
        bytes32 incidentId;
        bytes32 evidenceHash;
    }

    /// @notice The purpose of emergency access, which nothing here ever stops.
    bytes32 public constant BREAK_GLASS = "BTG";

    mapping(bytes32 actionKey => Effect) private _effects;
    mapping(Kind kind => mapping(bytes32 target => bytes32 actionKey)) private _latest;
    /// @dev Start times per kind, oldest first: the one `cap` places from the end decides whether the window is full.
    mapping(Kind kind => uint64[]) private _starts;
    /// @dev Keys of containments in force, and of some that are over and not swept yet; never longer than `liveMax`.
    mapping(Kind kind => bytes32[]) private _live;
    /// @dev The organization a target belonged to when it was contained; only where a membership is asked.
    mapping(bytes32 actionKey => bytes32) private _organizationOf;

    event Quarantined(
        bytes32 indexed node, bytes32 indexed actionKey, bytes32 indexed incidentId, bytes32 evidenceHash, uint64 until
    );
    event GrantRevoked(
        bytes32 indexed grantId, bytes32 indexed actionKey, bytes32 indexed incidentId, bytes32 evidenceHash, uint64 until
    );
    event Suspended(
        address indexed actor, bytes32 indexed actionKey, bytes32 indexed incidentId, bytes32 evidenceHash, uint64 until
    );
    event ContractPaused(
        bytes32 indexed name, bytes32 indexed actionKey, bytes32 indexed incidentId, bytes32 evidenceHash, uint64 until
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
    event ContractResumed(
        bytes32 indexed name, bytes32 indexed actionKey, bytes32 indexed incidentId, bytes32 evidenceHash, bytes32 orderedBy
    );
    /// @notice Two people keep a target contained until a later time.
    event Renewed(
        bytes32 indexed target, bytes32 indexed actionKey, bytes32 indexed incidentId, bytes32 evidenceHash, bytes32 orderedBy,
        uint64 until
    );

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
    error TotalLiveCapReached(uint256 totalLiveMax);
    error CoolingDown(bytes32 target, uint64 freeAt);
    error ShareReached(bytes32 organization, uint256 contained, uint256 members);
    error UntilOutOfRange(uint64 until, uint64 earliest, uint64 latest);
    error NotAllowed(bytes32 reason);
    error CapReached(uint256 capPerWindow, uint64 capWindowSeconds, uint64 freeAt);
    error QuorumAtRisk(uint256 activeAfter, uint256 quorum);

    constructor(
        address admin, address secondAdmin, address sentinel, address restorer, address secondRestorer
    ) GuardAdministration(admin, secondAdmin, sentinel, restorer, secondRestorer) {}

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

    /// @notice Stops what a network contract does under its name, as far as it asks. Emergency access passes, as everywhere.
    function pauseContract(
        bytes32 name, uint64 ttlSeconds, uint64 notAfter, bytes32 actionKey, bytes32 incidentId, bytes32 evidenceHash
    ) external onlyRole(SENTINEL_ROLE) whenNotPaused {
        if (block.timestamp > notAfter) revert OrderTooLate(notAfter);
        uint64 until = _contain(Kind.Contract, name, ttlSeconds, actionKey, incidentId, evidenceHash);
        emit ContractPaused(name, actionKey, incidentId, evidenceHash, until);
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

    function resumeContract(bytes32 name, bytes32 actionKey, bytes32 evidenceHash, bytes32 orderedBy)
        external
        onlyRole(RESTORER_ROLE)
    {
        (bool isDone, bytes32 incidentId) = _restore(Kind.Contract, name, actionKey);
        if (isDone) emit ContractResumed(name, actionKey, incidentId, evidenceHash, orderedBy);
    }

    /// @notice Keeps a containment in force longer. Automation has no way to: only the two people who may also end it.
    /// @dev The end is a time and not a duration, so that a repeated or late call adds nothing.
    function renew(bytes32 actionKey, uint64 until, bytes32 evidenceHash, bytes32 orderedBy) external onlyRole(RESTORER_ROLE) {
        Effect storage e = _effects[actionKey];
        if (e.startedAt == 0) revert UnknownActionKey(actionKey);
        if (_endOf(e) <= block.timestamp) revert NotContained(e.target);
        if (isProtected[e.kind][e.target]) revert TargetProtected(e.target);
        uint64 latest = uint64(block.timestamp) + ttlSecondsMax;
        if (until <= e.until || until > latest) revert UntilOutOfRange(until, e.until + 1, latest);
        if (e.kind == Kind.Node && isValidator[e.target]) _requireQuorumWithout(e.target);
        if (!_isSecond(RESTORER_ROLE)) return;
        e.until = until;
        emit Renewed(e.target, actionKey, e.incidentId, evidenceHash, orderedBy, until);
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

    /// @notice The same for one contract of the network, which may be paused as a whole.
    function isAllowedIn(bytes32 name, address actor, bytes32 node, bytes32 grantId, bytes32 purpose)
        public
        view
        returns (bool allowed, bytes32 reason)
    {
        if (purpose != BREAK_GLASS && isContractPaused(name)) return (false, "contract-paused");
        return isAllowed(actor, node, grantId, purpose);
    }

    function requireAllowedIn(bytes32 name, address actor, bytes32 node, bytes32 grantId, bytes32 purpose) external view {
        (bool allowed, bytes32 reason) = isAllowedIn(name, actor, node, grantId, purpose);
        if (!allowed) revert NotAllowed(reason);
    }

    function isContractPaused(bytes32 name) public view returns (bool) {
        return _isContained(Kind.Contract, name);
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
        return (e.kind, e.target, e.startedAt, e.until, e.blockNumber, e.restoredAt != 0, e.incidentId, e.evidenceHash);
    }

    function validators() external view returns (bytes32[] memory nodes, bool[] memory quarantined) {
        nodes = _validators;
        quarantined = new bool[](nodes.length);
        for (uint256 i = 0; i < nodes.length; i++) quarantined[i] = isQuarantined(nodes[i]);
    }

    function _contain(
        Kind kind, bytes32 target, uint64 ttlSeconds, bytes32 actionKey, bytes32 incidentId, bytes32 evidenceHash
    ) private returns (uint64 until) {
        if (target == bytes32(0)) revert EmptyTarget();
        if (actionKey == bytes32(0)) revert EmptyActionKey();
        if (_effects[actionKey].startedAt != 0) revert ActionKeyUsed(actionKey);
        if (isProtected[kind][target]) revert TargetProtected(target);
        if (ttlSeconds == 0 || ttlSeconds > ttlSecondsMax) revert TtlOutOfRange(ttlSeconds, ttlSecondsMax);
        _requireRested(kind, target);
        _takePlaceInWindow(kind);
        _takePlaceAmongLive(kind, target, actionKey);
        uint64 startedAt = uint64(block.timestamp);
        until = startedAt + ttlSeconds;
        _effects[actionKey] =
            Effect(target, kind, startedAt, until, uint48(block.number), 0, incidentId, evidenceHash);
        _latest[kind][target] = actionKey;
    }

    function _restore(Kind kind, bytes32 target, bytes32 actionKey) private returns (bool isDone, bytes32 incidentId) {
        Effect storage e = _effects[actionKey];
        if (e.startedAt == 0) revert UnknownActionKey(actionKey);
        if (e.kind != kind || e.target != target) revert WrongTarget(actionKey, target);
        if (_endOf(e) <= block.timestamp) revert NotContained(target);
        if (!_isSecond(RESTORER_ROLE)) return (false, bytes32(0));
        e.restoredAt = uint64(block.timestamp);
        return (true, e.incidentId);
    }

    function _requireRested(Kind kind, bytes32 target) private view {
        Effect storage last = _effects[_latest[kind][target]];
        if (last.startedAt == 0) return;
        uint64 end = _endOf(last);
        if (end > block.timestamp) revert AlreadyContained(target, end);
        if (end + cooldownSeconds > block.timestamp) revert CoolingDown(target, end + cooldownSeconds);
    }

    /// @dev Takes a place among what is in force: of its kind, of its organization and of all. Bounded by `liveMax`.
    function _takePlaceAmongLive(Kind kind, bytes32 target, bytes32 actionKey) private {
        IMembership membership = membershipOf[kind];
        bytes32 organization = address(membership) == address(0) ? bytes32(0) : membership.organizationOf(target);
        uint256 contained = _sweep(kind, organization);
        if (_live[kind].length >= liveMax[kind]) revert LiveCapReached(liveMax[kind]);
        // Whoever belongs to no organization is held by the caps alone.
        if (organization != bytes32(0)) {
            uint256 members = membership.membersOf(organization);
            uint256 allowed = members * shareMax[kind] / SHARE_WHOLE;
            if (contained >= (allowed == 0 ? 1 : allowed)) revert ShareReached(organization, contained, members);
            _organizationOf[actionKey] = organization;
        }
        _requirePlaceInTotal(kind);
        _live[kind].push(actionKey);
    }

    /// @dev Takes what is over out of the list of a kind, and counts what is in force of an organization.
    function _sweep(Kind kind, bytes32 organization) private returns (uint256 contained) {
        bytes32[] storage live = _live[kind];
        uint256 i = 0;
        while (i < live.length) {
            if (_endOf(_effects[live[i]]) <= block.timestamp) {
                live[i] = live[live.length - 1];
                live.pop();
            } else {
                if (organization != bytes32(0) && _organizationOf[live[i]] == organization) contained++;
                i++;
            }
        }
    }

    /// @dev The other kinds' lists may hold what is over; they are swept only when that could make the difference.
    function _requirePlaceInTotal(Kind kind) private {
        if (_liveInTotal() < totalLiveMax) return;
        for (uint256 other = 0; other <= uint256(type(Kind).max); other++) {
            if (Kind(other) != kind) _sweep(Kind(other), bytes32(0));
        }
        if (_liveInTotal() >= totalLiveMax) revert TotalLiveCapReached(totalLiveMax);
    }

    function _liveInTotal() private view returns (uint256 total) {
        for (uint256 kind = 0; kind <= uint256(type(Kind).max); kind++) total += _live[Kind(kind)].length;
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
        return _endOf(_effects[_latest[kind][target]]) > block.timestamp;
    }

    /// @dev When a containment ends or ended; zero for none.
    function _endOf(Effect storage e) private view returns (uint64) {
        return e.restoredAt != 0 ? e.restoredAt : e.until;
    }

    function _actorTarget(address actor) private pure returns (bytes32) {
        return bytes32(uint256(uint160(actor)));
    }

}
