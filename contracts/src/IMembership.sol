// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who belongs to which organization, as a registry of the network keeps it.
/// @notice The guard asks it so that no more than a share of an organization is contained at once. A member is named as the guard
/// names its targets: text padded with zeros, or an address in the low 20 bytes.
interface IMembership {
    /// @return organization Zero when the member belongs to none.
    function organizationOf(bytes32 member) external view returns (bytes32 organization);

    function membersOf(bytes32 organization) external view returns (uint256 count);
}
