"""Words of the benchmark world: enough of five languages for sentences that a detector knows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """What sentences and furniture of one language are made of."""

    patterns: tuple[str, ...]
    who: tuple[str, ...]
    what: tuple[str, ...]
    where: tuple[str, ...]
    when: tuple[str, ...]
    why: tuple[str, ...]
    authors: tuple[str, ...]
    nav: tuple[str, ...]
    labels: tuple[str, ...]
    newsletter: str
    legal: str


INDONESIAN = Language(
    patterns=(
        "{who} mengatakan {what} {where} {when} {why}.",
        "sekitar {n} warga {where} menyaksikan {what} {when}, kata {who}.",
        "menurut {who}, {what} {where} akan berlangsung {when} {why}.",
        "{when}, {who} memastikan {what} tetap berjalan {where} {why}.",
        '"Kami sudah menyiapkan {what} {where}," ujar {who} {when}.',
        "data terbaru menunjukkan {n} keluarga {where} bergantung pada {what}, tambah {who}.",
        "{what} menjadi perhatian {who} {when} {why}.",
        "{who} menghabiskan {n} juta rupiah untuk {what} {where}.",
    ),
    who=(
        *("kepala dinas", "wali kota", "ketua koperasi", "juru bicara perusahaan", "petani setempat"),
        *("pelatih tim", "kepala sekolah", "peneliti universitas", "komandan regu", "pedagang pasar"),
        *("gubernur", "dokter puskesmas", "ketua panitia", "nelayan tua", "sopir angkutan"),
    ),
    what=(
        *("perbaikan jalan desa", "lomba perahu tradisional", "pembagian bibit padi", "renovasi pasar"),
        *("vaksinasi ternak", "pemilihan ketua adat", "pelatihan komputer", "panen raya jagung"),
        *("pembangunan bendungan", "festival kopi", "pemadaman listrik bergilir", "kenaikan harga cabai"),
        *("pertandingan persahabatan", "penanaman bakau", "pameran buku", "rute bus baru"),
    ),
    where=(
        *("di Kecamatan Rawasari", "di pesisir utara", "di kaki gunung", "di ibu kota provinsi"),
        *("di Desa Sukamaju", "di pelabuhan lama", "di alun-alun kota", "di tepi danau"),
        *("di kawasan industri", "di pulau seberang", "di perbatasan", "di kampung nelayan"),
    ),
    when=(
        *("pada Senin pagi", "pekan depan", "sejak bulan lalu", "pada akhir tahun", "kemarin sore"),
        *("setelah musim hujan", "dalam tiga hari terakhir", "sebelum libur sekolah", "pada malam Minggu"),
    ),
    why=(
        *("karena anggaran sudah disetujui", "supaya warga tidak lagi menunggu", "demi keselamatan bersama"),
        *(
            "meskipun cuaca belum menentu",
            "agar hasilnya dirasakan semua orang",
            "setelah rapat yang panjang",
        ),
        *("walaupun sebagian orang menolak", "sesuai dengan rencana semula", "tanpa menaikkan pajak daerah"),
    ),
    authors=("Ayu Larasati", "Bimo Santosa", "Dewi Anggraini", "Rangga Putra", "Siti Maemunah"),
    nav=("beranda", "nasional", "ekonomi", "olahraga", "hiburan", "teknologi", "kesehatan", "indeks"),
    labels=("Terpopuler", "Terkini", "Berita Terkait", "Pilihan Redaksi"),
    newsletter="Dapatkan berita pilihan setiap pagi langsung di kotak surat Anda.",
    legal="Hak cipta dilindungi undang-undang. Pedoman media siber.",
)
ENGLISH = Language(
    patterns=(
        "{who} said {what} {where} would go ahead {when} {why}.",
        "about {n} people {where} were watching {what} {when}, according to {who}.",
        "{when}, {who} confirmed that {what} {where} had been delayed {why}.",
        '"We have been preparing for {what} {where} for years," {who} told reporters {when}.',
        "figures released {when} show that {n} households {where} depend on {what}.",
        "{who} spent {n} thousand dollars on {what} {where} {when}.",
        "{what} has worried {who} {when} {why}.",
        "the plan for {what}, which {who} presented {when}, was welcomed {where}.",
    ),
    who=(
        *("the mayor", "a company spokesman", "the head teacher", "a local farmer", "the union leader"),
        *("the team's coach", "a senior researcher", "the harbour master", "the district nurse"),
        *("the opposition leader", "a market trader", "the fire chief", "the museum's director"),
    ),
    what=(
        *(
            "the repair of the old bridge",
            "a new bus route",
            "the annual boat race",
            "a cattle vaccination drive",
        ),
        *("the price of onions", "the coffee festival", "a friendly match", "the reservoir project"),
        *(
            "a mangrove planting scheme",
            "rolling power cuts",
            "the reading programme",
            "a tax on plastic bags",
        ),
    ),
    where=(
        *("in the northern district", "along the coast", "at the foot of the mountain", "in the capital"),
        *("in the old harbour", "on the island", "near the border", "in the fishing village"),
        *("around the lake", "in the industrial park", "at the town square"),
    ),
    when=(
        *(
            "on Monday morning",
            "next week",
            "since last month",
            "by the end of the year",
            "yesterday evening",
        ),
        *("after the rainy season", "over the past three days", "before the school holidays"),
    ),
    why=(
        *("because the budget had been approved", "so that residents would no longer have to wait"),
        *("although the weather remains uncertain", "despite the objections of several neighbours"),
        *("without raising local taxes", "after a long and heated meeting", "as originally planned"),
    ),
    authors=("Anna Whitlock", "Peter Oyelaran", "Marcus Thornhill", "Grace Lim", "Owen Hartley"),
    nav=("home", "nation", "business", "sport", "culture", "technology", "health", "opinion"),
    labels=("Most read", "Latest", "Related stories", "Editor's picks"),
    newsletter="Sign up for our morning briefing and get the day's stories in your inbox.",
    legal="All rights reserved. Terms of use. Privacy policy.",
)
GERMAN = Language(
    patterns=(
        "{who} erklärte {when}, {what} {where} werde fortgesetzt, {why}.",
        "rund {n} Menschen {where} verfolgten {when} {what}, wie {who} mitteilte.",
        "nach Angaben der Stadt hat {who} {when} {what} {where} geprüft, {why}.",
        "„Wir haben {what} {where} lange vorbereitet“, sagte {who} {when}.",
        "aus neuen Zahlen geht hervor, dass {n} Haushalte {where} auf {what} angewiesen sind.",
        "{who} gab {n} Euro für {what} {where} aus, {why}.",
        "{when} wurde bekannt, dass {who} {what} {where} unterstützt.",
    ),
    who=(
        *("die Bürgermeisterin", "der Sprecher des Unternehmens", "die Schulleiterin", "ein Landwirt"),
        *("der Trainer der Mannschaft", "die Forscherin", "der Hafenmeister", "die Gewerkschaft"),
        *("der Feuerwehrchef", "die Direktorin des Museums", "ein Händler"),
    ),
    what=(
        *("die Sanierung der alten Brücke", "die neue Buslinie", "das jährliche Bootsrennen"),
        *("das Freundschaftsspiel", "die Impfung der Rinder", "das Kaffeefest", "den Bau des Stausees"),
        *("die Abgabe auf Plastiktüten", "die Ausstellung über den Fluss", "das Leseprogramm"),
    ),
    where=(
        *("im Norden der Stadt", "an der Küste", "am Fuß des Berges", "in der Hauptstadt", "im alten Hafen"),
        *("auf der Insel", "nahe der Grenze", "im Fischerdorf", "rund um den See", "im Gewerbegebiet"),
    ),
    when=(
        *("am Montagmorgen", "in der kommenden Woche", "seit dem vergangenen Monat", "gestern Abend"),
        *("nach der Regenzeit", "in den letzten drei Tagen", "vor den Schulferien"),
    ),
    why=(
        *("weil der Haushalt beschlossen worden sei", "damit die Anwohner nicht länger warten müssten"),
        *("obwohl das Wetter unsicher bleibe", "trotz der Einwände mehrerer Nachbarn"),
        *("ohne die Steuern zu erhöhen", "nach einer langen und hitzigen Sitzung"),
    ),
    authors=("Jana Feldmann", "Tobias Krüger", "Miriam Adler", "Holger Brandt"),
    nav=("start", "politik", "wirtschaft", "sport", "kultur", "technik", "gesundheit", "meinung"),
    labels=("Meistgelesen", "Neueste Artikel", "Mehr zum Thema", "Empfehlungen der Redaktion"),
    newsletter="Bestellen Sie unseren Newsletter und lesen Sie jeden Morgen das Wichtigste.",
    legal="Alle Rechte vorbehalten. Impressum. Datenschutz.",
)
SPANISH = Language(
    patterns=(
        "{who} anunció {when} que {what} {where} seguirá adelante {why}.",
        "cerca de {n} personas presenciaron {what} {where} {when}, según {who}.",
        "{when}, {who} confirmó que {what} {where} se había retrasado {why}.",
        "«Llevamos años preparando {what} {where}», dijo {who} {when}.",
        "los datos publicados {when} muestran que {n} familias {where} dependen de {what}.",
        "{who} gastó {n} euros en {what} {where} {why}.",
        "la propuesta sobre {what}, que {who} presentó {when}, fue bien recibida {where}.",
    ),
    who=(
        *(
            "la alcaldesa",
            "el portavoz de la empresa",
            "la directora del colegio",
            "un agricultor de la zona",
        ),
        *("el entrenador del equipo", "una investigadora", "el capitán del puerto", "el sindicato"),
        *("el jefe de bomberos", "la directora del museo", "un comerciante"),
    ),
    what=(
        *("la reparación del viejo puente", "una nueva línea de autobús", "la regata anual"),
        *(
            "el partido amistoso",
            "la vacunación del ganado",
            "el festival del café",
            "el proyecto del embalse",
        ),
        *("el impuesto a las bolsas de plástico", "la exposición sobre el río", "el programa de lectura"),
    ),
    where=(
        *("en el norte de la ciudad", "en la costa", "al pie de la montaña", "en la capital"),
        *("en el puerto antiguo", "en la isla", "cerca de la frontera", "en el pueblo de pescadores"),
    ),
    when=(
        *("el lunes por la mañana", "la próxima semana", "desde el mes pasado", "ayer por la tarde"),
        *("después de la temporada de lluvias", "en los últimos tres días", "antes de las vacaciones"),
    ),
    why=(
        *("porque el presupuesto ya estaba aprobado", "para que los vecinos no tengan que esperar más"),
        *("aunque el tiempo sigue siendo incierto", "pese a las objeciones de varios vecinos"),
        *("sin subir los impuestos locales", "tras una larga y acalorada reunión"),
    ),
    authors=("Lucía Romero", "Javier Ortega", "Elena Prado", "Tomás Quiroga"),
    nav=("inicio", "nacional", "economía", "deportes", "cultura", "tecnología", "salud", "opinión"),
    labels=("Lo más leído", "Últimas noticias", "Noticias relacionadas", "Selección del editor"),
    newsletter="Suscríbase a nuestro boletín y reciba cada mañana las noticias del día.",
    legal="Todos los derechos reservados. Aviso legal. Política de privacidad.",
)
FRENCH = Language(
    patterns=(
        "{who} a annoncé {when} que {what} {where} se poursuivrait {why}.",
        "près de {n} personnes ont suivi {what} {where} {when}, selon {who}.",
        "{when}, {who} a confirmé que {what} {where} avait été retardé {why}.",
        "« Nous préparons {what} {where} depuis des années », a déclaré {who} {when}.",
        "les chiffres publiés {when} montrent que {n} foyers {where} dépendent de {what}.",
        "{who} a dépensé {n} euros pour {what} {where} {why}.",
        "le projet concernant {what}, que {who} a présenté {when}, a été bien accueilli {where}.",
    ),
    who=(
        *("la maire", "le porte-parole de l'entreprise", "la directrice de l'école", "un agriculteur"),
        *("l'entraîneur de l'équipe", "une chercheuse", "le capitaine du port", "le syndicat"),
        *("le chef des pompiers", "la directrice du musée", "un commerçant"),
    ),
    what=(
        *("la réparation du vieux pont", "la nouvelle ligne de bus", "la course annuelle de bateaux"),
        *("le match amical", "la vaccination du bétail", "la fête du café", "le projet de barrage"),
        *("la taxe sur les sacs en plastique", "l'exposition sur le fleuve", "le programme de lecture"),
    ),
    where=(
        *("dans le nord de la ville", "sur la côte", "au pied de la montagne", "dans la capitale"),
        *("dans le vieux port", "sur l'île", "près de la frontière", "dans le village de pêcheurs"),
    ),
    when=(
        *("lundi matin", "la semaine prochaine", "depuis le mois dernier", "hier soir"),
        *("après la saison des pluies", "ces trois derniers jours", "avant les vacances scolaires"),
    ),
    why=(
        *("parce que le budget avait été adopté", "afin que les habitants n'attendent plus"),
        *("bien que la météo reste incertaine", "malgré les objections de plusieurs voisins"),
        *("sans augmenter les impôts locaux", "après une réunion longue et animée"),
    ),
    authors=("Camille Garnier", "Hugo Lemaire", "Inès Moreau", "Paul Vasseur"),
    nav=("accueil", "france", "économie", "sport", "culture", "technologie", "santé", "opinions"),
    labels=("Les plus lus", "Dernières nouvelles", "Sur le même sujet", "La sélection de la rédaction"),
    newsletter="Inscrivez-vous à notre lettre et recevez chaque matin l'essentiel de l'actualité.",
    legal="Tous droits réservés. Mentions légales. Données personnelles.",
)
LANGUAGES: dict[str, Language] = {
    "id": INDONESIAN,
    "en": ENGLISH,
    "de": GERMAN,
    "es": SPANISH,
    "fr": FRENCH,
}
