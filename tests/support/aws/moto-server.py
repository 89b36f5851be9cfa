"""Serves the emulated AWS APIs on a free port of 127.0.0.1, prints that port, and ends when standard input does.

The first line of standard input is JSON: machine images and public parameters by region. They cannot come through the
API, which as AWS's own lets nobody publish in another's name. Of an image that is made of an instance a line of JSON is
printed; it is pending until a line of standard input says what became of it.
"""

import json
import sys

from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.ec2.models.amis import Ami, AmiBackend
from moto.server import ThreadedMotoServer
from moto.ssm.models import Parameter, ssm_backends

ACCOUNT = "123456789012"


def add_image(region, image):
    backend = ec2_backends[ACCOUNT][region]
    backend.amis[image["ami_id"]] = Ami(backend, **image)


def add_parameter(region, name, value):
    parameter = Parameter(
        account_id=ACCOUNT,
        name=name,
        value=value,
        parameter_type="String",
        description=None,
        allowed_pattern=None,
        keyid=None,
        last_modified_date=utcnow(),
        version=1,
        data_type="text",
    )
    ssm_backends[ACCOUNT][region]._parameters[name].append(parameter)


moto_create_image = AmiBackend.create_image


def create_image(self, instance_id, name, description, tag_specifications):
    """As moto does it, and pending at first; with tags on the snapshot, which moto does not do."""
    tags = {"image": [], "snapshot": []}
    for specification in tag_specifications:
        tags[specification["ResourceType"]] += specification["Tags"]
    specifications = [{"ResourceType": "image", "Tags": tags["image"]}]
    image = moto_create_image(self, instance_id, name, description, specifications)
    image.state = "pending"
    for tag in tags["snapshot"]:
        image.ebs_snapshot.add_tag(tag["Key"], tag["Value"])
    print(json.dumps({"image": image.id, "instance": instance_id}), flush=True)
    return image


def end_image(image, state):
    for backend in ec2_backends[ACCOUNT].values():
        if image in backend.amis:
            backend.amis[image].state = state


AmiBackend.create_image = create_image
for region, seed in json.loads(sys.stdin.readline()).items():
    for image in seed["images"]:
        add_image(region, image)
    for name, value in seed["parameters"].items():
        add_parameter(region, name, value)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
# Whoever started us holds the other end: when that process is gone, however it went, so are we.
for line in sys.stdin:
    end_image(**json.loads(line))
server.stop()
