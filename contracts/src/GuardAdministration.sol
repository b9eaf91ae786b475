// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IMembership} from "./IMembership.sol";

/// @title Who may order the guard, and the limits people set for it.
/// @notice Two administrators, who send the same call, loosen a limit; one tightens it, and one is enough to stop automation.
abstract contract GuardAdministration is AccessControl, Pausable {
    enum Kind {
        Node,
        Grant,
        Actor,
        Contract
    }

    bytes32 public constant SENTINEL_ROLE = keccak256("SENTINEL_ROLE");
    bytes32 public constant RESTORER_ROLE = keccak256("RESTORER_ROLE");
    uint256 public constant VALIDATORS_MAX = 128;
    uint256 public constant LIVE_MAX = 256;
    /// @notice A whole in hundredths of a percent.
    uint256 public constant SHARE_WHOLE = 10_000;
    /// @notice How long the first of two people's calls waits for the second.
    uint64 public constant CONSENT_SECONDS = 1 hours;

    struct Consent {
        address first;
        uint64 until;
    }

    uint64 public ttlSecondsMax = 24 hours;
    uint64 public capWindowSeconds = 1 hours;
    /// @notice How long a target is left alone after a containment of it ended, so that a stolen key cannot contain at once what
    /// people have just released.
    uint64 public cooldownSeconds = 10 minutes;
    /// @notice How many containments of all kinds together may be in force at once.
    uint256 public totalLiveMax = 50;
    /// @notice How many containments of a kind may start within any window of `capWindowSeconds`.
    mapping(Kind kind => uint256) public capPerWindow;
    /// @notice How many containments of a kind may be in force at once.
    mapping(Kind kind => uint256) public liveMax;
    /// @notice The part of an organization's members, in hundredths of a percent, that may be contained at once; one always may.
    mapping(Kind kind => uint256) public shareMax;
    /// @notice Who says which organization a target belongs to and how many it has; zero for nobody, and then no share is kept.
    mapping(Kind kind => IMembership) public membershipOf;
    mapping(Kind kind => mapping(bytes32 target => bool)) public isProtected;
    bytes32[] internal _validators;
    mapping(bytes32 node => bool) public isValidator;
    mapping(bytes32 call => Consent) private _consents;

    event LimitsChanged(
        Kind indexed kind, uint256 capPerWindow, uint256 liveMax, uint64 capWindowSeconds, uint64 ttlSecondsMax
    );
    event SafeguardsChanged(uint64 cooldownSeconds, uint256 totalLiveMax);
    event ShareChanged(Kind indexed kind, uint256 shareMax);
    event MembershipChanged(Kind indexed kind, IMembership membership);
    /// @notice The first of two people has sent a call; it takes effect when another sends the same before `until`.
    event ConsentGiven(bytes32 indexed call, address indexed by, uint64 until);
    event ProtectionChanged(Kind indexed kind, bytes32 indexed target, bool isProtected);
    event ValidatorsChanged(bytes32[] validators);

    error EmptyTarget();
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
        (capPerWindow[Kind.Contract], liveMax[Kind.Contract]) = (1, 2);
        (shareMax[Kind.Node], shareMax[Kind.Actor]) = (SHARE_WHOLE / 2, SHARE_WHOLE / 10);
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

    function setSafeguards(uint64 cooldown, uint256 totalLive) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (cooldown > 30 days) revert WindowOutOfRange();
        bool loosens = cooldown < cooldownSeconds || totalLive > totalLiveMax;
        if (loosens && !_isSecond(DEFAULT_ADMIN_ROLE)) return;
        (cooldownSeconds, totalLiveMax) = (cooldown, totalLive);
        emit SafeguardsChanged(cooldown, totalLive);
    }

    function setShare(Kind kind, uint256 share) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (share > SHARE_WHOLE) revert WindowOutOfRange();
        if (share > shareMax[kind] && !_isSecond(DEFAULT_ADMIN_ROLE)) return;
        shareMax[kind] = share;
        emit ShareChanged(kind, share);
    }

    /// @notice Whose word about organizations counts. It can tighten and loosen, so it always takes two.
    function setMembership(Kind kind, IMembership membership) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (!_isSecond(DEFAULT_ADMIN_ROLE)) return;
        membershipOf[kind] = membership;
        emit MembershipChanged(kind, membership);
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

    /// @notice Validators that must stay active: two thirds rounded up, as QBFT needs, which is never fewer than 2f + 1 with
    /// f = (n - 1) / 3; zero when no set is configured.
    function quorum() public view returns (uint256) {
        return (2 * _validators.length + 2) / 3;
    }

    /// @dev The second of two holders of a role who send the same call. What the first sent waits, unless they lost the role.
    function _isSecond(bytes32 role) internal returns (bool) {
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
