"""The only ways out: mail by SMTP, SMS by HTTP. What is behind them is the city's choice."""

from satu.identity.types import Channel
from satu.messaging.ports.base import Message, NotTaken, Port
from satu.messaging.ports.mail import MailPort
from satu.messaging.ports.sms import SmsPort

__all__ = ["Message", "NotTaken", "Port", "port_of"]

_PORTS: dict[Channel, Port] = {"email": MailPort(), "sms": SmsPort()}


def port_of(channel: Channel) -> Port:
    return _PORTS[channel]
