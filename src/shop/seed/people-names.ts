/**
 * Names and addresses of the people of one country. In a street, % is the house number; in a postcode, # is a digit.
 */
export interface Country {
  /** ISO 3166-1 alpha-2. */
  readonly code: string
  readonly first: readonly string[]
  readonly last: readonly string[]
  readonly cities: readonly string[]
  readonly streets: readonly string[]
  readonly postcode: string
}

const words = (text: string): string[] => text.split(' ')
const phrases = (text: string): string[] => text.split(', ')

/** Only letters whose accents Unicode can remove (so no ł, đ or ø), because the remaining letters form the username. */
export const countries: readonly Country[] = [
  {
    code: 'GB',
    first: words('Alice Arthur Charlotte Edward Emily George Grace Harry Imogen Jack Lucy Oliver Rosie Thomas'),
    last: words(
      "Ashworth Bennett Clarke Davies Evans Fletcher Hughes Marsh O'Connor Patel Pemberton Reid Shaw Whitaker",
    ),
    cities: phrases('London, Leeds, Bristol, Edinburgh, Cardiff, York'),
    streets: phrases('% High Street, % Church Lane, % Station Road, % Mill Lane, % Victoria Road'),
    postcode: 'LS# #QB',
  },
  {
    code: 'US',
    first: words('Aaron Ashley Brandon Brianna Caleb Denise Ethan Hannah Jamal Kayla Logan Megan Tyler Yolanda'),
    last: words(
      'Anderson Brooks Carter Coleman Foster Garcia Henderson Jackson Morgan Nelson Perry Ramirez Turner Washington',
    ),
    cities: phrases('Portland, Austin, Madison, Atlanta, Denver, Pittsburgh'),
    streets: phrases('% Maple Avenue, % Oak Street, % Lincoln Boulevard, % Second Street, % Lakeview Drive'),
    postcode: '#####',
  },
  {
    code: 'DE',
    first: words('Anna Björn Emil Frieda Greta Hannes Jonas Jörg Katharina Lena Mathilda Moritz Sebastian Ulrike'),
    last: words(
      'Bauer Becker Fischer Hoffmann Jäger Keller Krämer Lehmann Müller Neumann Richter Schröder Vogel Zimmermann',
    ),
    cities: phrases('Berlin, Hamburg, Köln, Leipzig, München, Freiburg'),
    streets: phrases('Bahnhofstraße %, Gartenweg %, Lindenallee %, Am Markt %, Goethestraße %'),
    postcode: '#####',
  },
  {
    code: 'FR',
    first: words('Adèle Benoît Camille Chloé Élodie François Gaëlle Hugo Jérôme Léa Mathieu Noémie Rémi Sylvie'),
    last: words(
      'Bernard Chevalier Dubois Faure Garnier Lefèvre Leroy Marchand Mercier Morel Perrin Rousseau Simon Thévenet',
    ),
    cities: phrases('Paris, Lyon, Nantes, Toulouse, Lille, Rennes'),
    streets: phrases(
      '% rue de la République, % avenue Victor-Hugo, % place du Marché, % rue des Lilas, % quai Voltaire',
    ),
    postcode: '#####',
  },
  {
    code: 'ES',
    first: words('Álvaro Beatriz Carmen Diego Elena Íñigo Jimena Lucía Martín Nuria Pablo Raúl Sofía Tomás'),
    last: words(
      'Álvarez Castillo Domínguez Fernández Gómez Herrera Iglesias López Márquez Navarro Ortega Peña Ruiz Serrano',
    ),
    cities: phrases('Madrid, Sevilla, Valencia, Bilbao, Zaragoza, Salamanca'),
    streets: phrases('Calle Mayor %, Avenida de la Paz %, Calle del Sol %, Plaza Nueva %, Paseo del Río %'),
    postcode: '#####',
  },
  {
    code: 'IT',
    first: words('Alessia Bruno Chiara Davide Elisa Fabio Giulia Lorenzo Marta Niccolò Paola Riccardo Serena Tommaso'),
    last: words(
      'Barbieri Bianchi Colombo Conti Esposito Ferrari Galli Marino Moretti Ricci Romano Santoro Vitale Zanetti',
    ),
    cities: phrases('Roma, Milano, Torino, Bologna, Firenze, Napoli'),
    streets: phrases('Via Garibaldi %, Via Roma %, Corso Italia %, Viale dei Tigli %, Piazza Dante %'),
    postcode: '#####',
  },
  {
    code: 'PL',
    first: words(
      'Agnieszka Bartosz Dorota Ewa Grzegorz Hanna Jakub Joanna Katarzyna Marek Piotr Tomasz Wojciech Zofia',
    ),
    last: words(
      'Dąbrowski Jankowska Kaczmarek Kowalczyk Kozak Lis Mazur Nowak Szymańska Urban Wójcik Wrona Zając Zieliński',
    ),
    cities: phrases('Warszawa, Kraków, Poznań, Toruń, Lublin, Katowice'),
    streets: phrases('ul. Lipowa %, ul. Krótka %, ul. Ogrodowa %, ul. Mickiewicza %, ul. Polna %'),
    postcode: '##-###',
  },
  {
    code: 'NL',
    first: words('Anouk Bram Daan Eva Fenna Geert Jeroen Lieke Maarten Noor Pieter Renske Sander Zoë'),
    last: words('Bakker Bos Brouwer Dekker Dijkstra Hendriks Jansen Kuiper Mulder Peters Smit Visser Vos Willems'),
    cities: phrases('Amsterdam, Utrecht, Groningen, Leiden, Eindhoven, Zwolle'),
    streets: phrases('Dorpsstraat %, Kerkstraat %, Molenweg %, Prinsengracht %, Stationsplein %'),
    postcode: '#### KD',
  },
  {
    code: 'FI',
    first: words('Aino Antti Eero Elina Helmi Ilmari Jukka Kaisa Mikko Outi Päivi Säde Tuomas Väinö'),
    last: words(
      'Heikkinen Hämäläinen Järvinen Koskinen Laine Lehtonen Mäkinen ' +
        'Nieminen Räsänen Saarinen Salo Tuominen Virtanen Ylönen',
    ),
    cities: phrases('Helsinki, Tampere, Turku, Oulu, Jyväskylä, Kuopio'),
    streets: phrases('Koivukuja %, Rantatie %, Kirkkokatu %, Asemakatu %, Mäntytie %'),
    postcode: '#####',
  },
  {
    code: 'BR',
    first: words(
      'Antônio Bruna Caio Débora Eduardo Flávia Gabriela Henrique João Letícia Marcelo Natália Otávio Thaís',
    ),
    last: words(
      'Almeida Araújo Barbosa Cardoso Carvalho Conceição Ferreira ' +
        'Gonçalves Lima Moreira Nascimento Ribeiro Teixeira Vieira',
    ),
    cities: phrases('São Paulo, Recife, Salvador, Curitiba, Fortaleza, Belo Horizonte'),
    streets: phrases('Rua das Flores %, Avenida Brasil %, Rua São João %, Travessa do Porto %, Rua da Aurora %'),
    postcode: '#####-###',
  },
  {
    code: 'VN',
    first: words('Anh Hạnh Hiếu Hương Khánh Linh Minh Ngọc Phương Quang Sơn Thảo Trang Tuấn'),
    last: words('Bùi Cao Dương Hoàng Hồ Huỳnh Lê Lý Mai Ngô Nguyễn Phạm Trần Vũ'),
    cities: phrases('Hà Nội, Huế, Hải Phòng, Cần Thơ, Nha Trang, Vinh'),
    streets: phrases('% Lê Lợi, % Trần Phú, % Nguyễn Huệ, % Hai Bà Trưng, % Quang Trung'),
    postcode: '######',
  },
  {
    code: 'IN',
    first: words('Aarav Ananya Deepak Ishaan Kavya Lakshmi Manish Meera Nikhil Priya Rohan Sanjana Tara Vikram'),
    last: words('Banerjee Chatterjee Desai Gupta Iyer Joshi Kapoor Menon Mukherjee Nair Rao Sharma Singh Verma'),
    cities: phrases('Mumbai, Pune, Kolkata, Chennai, Jaipur, Bengaluru'),
    streets: phrases('% Mahatma Gandhi Road, % Park Street, % Station Road, % Lake View Road, % Temple Street'),
    postcode: '######',
  },
]
