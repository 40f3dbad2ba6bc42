from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "satu.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satu.desk import menu
        from satu.desk.look import look_of
        from satu.desk.setup import menu as setup
        from satu.identity.policies import home_of, lands_on, others_land_on
        from satu.identity.types import ADMINISTRATOR
        from satu.theme import jinja

        jinja.offer("desk_look", look_of)
        jinja.offer("looks_people_up", menu.looks_people_up)
        jinja.offer("home_of", home_of)
        menu.offer()
        setup.offer()
        lands_on(ADMINISTRATOR, "/desk/pengaturan/petugas/")
        others_land_on("/desk/", menu.looks_people_up)
