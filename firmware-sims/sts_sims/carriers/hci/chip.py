"""A virtual Bluetooth LE controller: bumble's, with what a host that is not bumble's needs besides."""

import asyncio

from bumble import hci
from bumble.controller import Controller
from bumble.core import PhysicalTransport
from bumble.link import LocalLink

# Linux would wait for an event of the extended commands that bumble's controller never sends (google/bumble#841).
UNSUPPORTED = hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING

# How strong a sensor is heard where nobody said otherwise, dBm.
NEAR_DBM = -50


class Air(LocalLink):
    """What all chips hear. Data comes from the address that its connection was made with: bumble takes the sender's
    newest one, but Linux takes another random address for each scan."""

    def send_acl_data(
        self,
        sender_controller: Controller,
        destination_address: hci.Address,
        transport: PhysicalTransport,
        data: bytes,
    ) -> None:
        """Carry one packet over a link."""
        connection = sender_controller.le_connections.get(destination_address)
        receiver = self.find_le_controller(destination_address)
        if connection is not None and receiver is not None:
            source = connection.self_address
            asyncio.get_running_loop().call_soon(receiver.on_link_acl_data, source, transport, data)


class Chip(Controller):
    """One radio in the air that it shares with others. It has no public address, so its host takes a random one.

    `link_limit`: how many links it can hold, None for any number; `signals_dbm`: how strong it hears whom, by address.
    """

    le_features = Controller.le_features & ~UNSUPPORTED

    def __init__(self, name: str, link: Air) -> None:
        super().__init__(name, link=link)
        self.link_limit: int | None = None
        self.signals_dbm: dict[str, int] = {}

    def lose(self, peer: hci.Address) -> None:
        """The link to a peer ends as when one of both walked out of range: no word, a timeout at both ends."""
        connection = self.le_connections.get(peer)
        if connection is None or connection.link is None:
            return
        other = connection.link.find_le_controller(peer)
        back = None if other is None else other.le_connections.get(connection.self_address)
        self.on_le_disconnected(connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)
        if other is not None and back is not None:
            other.on_le_disconnected(back, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)

    def send_hci_packet(self, packet: hci.HCI_Packet) -> None:
        """Hand a packet to the host; adverts are as strong as this chip hears them."""
        if isinstance(packet, hci.HCI_LE_Advertising_Report_Event):
            for report in packet.reports:
                report.rssi = self.signals_dbm.get(report.address.to_string(False), NEAR_DBM)
        super().send_hci_packet(packet)

    def on_hci_le_create_connection_command(self, command: hci.HCI_LE_Create_Connection_Command) -> None:
        """Connect, unless all links are taken (Core specification, Vol 1, Part F, 2.9: connection limit exceeded)."""
        if self.link_limit is not None and len(self.le_connections) >= self.link_limit:
            self._send_hci_command_status(hci.HCI_ErrorCode.CONNECTION_LIMIT_EXCEEDED_ERROR, command.op_code)
            return
        super().on_hci_le_create_connection_command(command)

    def on_hci_le_create_connection_cancel_command(
        self, command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Give up connecting, and say so as Vol 4, Part E, 7.8.13 wants it: bumble's controller goes on."""
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        self.send_hci_packet(
            hci.HCI_LE_Connection_Complete_Event(
                status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
                connection_handle=0,
                role=hci.Role.CENTRAL,
                peer_address_type=pending.peer_address.address_type,
                peer_address=pending.peer_address,
                connection_interval=0,
                peripheral_latency=0,
                supervision_timeout=0,
                central_clock_accuracy=0,
            )
        )
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_hci_reset_command(self, command: hci.HCI_Reset_Command) -> hci.HCI_StatusReturnParameters:
        """Fall silent: links die of it, at both ends."""
        self.le_scan_enable = False
        self.pending_le_connection = None
        self.le_legacy_advertiser.stop()
        for peer in list(self.le_connections):
            self.lose(peer)
        return super().on_hci_reset_command(command)
