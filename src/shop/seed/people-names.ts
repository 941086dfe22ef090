/** People of one country: how they are called and where they live. In streets and postcodes, # is a digit; in streets, N is the number of the house. */
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

/** Letters whose accents Unicode can take off (so no ł, đ or ø): what is left makes a username. */
export const countries: readonly Country[] = [
  {
    code: 'GB',
    first: words('Alice Arthur Charlotte Edward Emily George Grace Harry Imogen Jack Lucy Oliver Rosie Thomas'),
    last: words("Ashworth Bennett Clarke Davies Evans Fletcher Hughes Marsh O'Connor Patel Pemberton Reid Shaw Whitaker"),
    cities: phrases('London, Leeds, Bristol, Edinburgh, Cardiff, York'),
    streets: phrases('N High Street, N Church Lane, N Station Road, N Mill Lane, N Victoria Road'),
    postcode: 'LS# #QB',
  },
  {
    code: 'US',
    first: words('Aaron Ashley Brandon Brianna Caleb Denise Ethan Hannah Jamal Kayla Logan Megan Tyler Yolanda'),
    last: words('Anderson Brooks Carter Coleman Foster Garcia Henderson Jackson Morgan Nelson Perry Ramirez Turner Washington'),
    cities: phrases('Portland, Austin, Madison, Atlanta, Denver, Pittsburgh'),
    streets: phrases('N Maple Avenue, N Oak Street, N Lincoln Boulevard, N Second Street, N Lakeview Drive'),
    postcode: '#####',
  },
  {
    code: 'DE',
    first: words('Anna Björn Emil Frieda Greta Hannes Jonas Jörg Katharina Lena Mathilda Moritz Sebastian Ulrike'),
    last: words('Bauer Becker Fischer Hoffmann Jäger Keller Krämer Lehmann Müller Neumann Richter Schröder Vogel Zimmermann'),
    cities: phrases('Berlin, Hamburg, Köln, Leipzig, München, Freiburg'),
    streets: phrases('Bahnhofstraße N, Gartenweg N, Lindenallee N, Am Markt N, Goethestraße N'),
    postcode: '#####',
  },
  {
    code: 'FR',
    first: words('Adèle Benoît Camille Chloé Élodie François Gaëlle Hugo Jérôme Léa Mathieu Noémie Rémi Sylvie'),
    last: words('Bernard Chevalier Dubois Faure Garnier Lefèvre Leroy Marchand Mercier Morel Perrin Rousseau Simon Thévenet'),
    cities: phrases('Paris, Lyon, Nantes, Toulouse, Lille, Rennes'),
    streets: phrases('N rue de la République, N avenue Victor-Hugo, N place du Marché, N rue des Lilas, N quai Voltaire'),
    postcode: '#####',
  },
  {
    code: 'ES',
    first: words('Álvaro Beatriz Carmen Diego Elena Íñigo Jimena Lucía Martín Nuria Pablo Raúl Sofía Tomás'),
    last: words('Álvarez Castillo Domínguez Fernández Gómez Herrera Iglesias López Márquez Navarro Ortega Peña Ruiz Serrano'),
    cities: phrases('Madrid, Sevilla, Valencia, Bilbao, Zaragoza, Salamanca'),
    streets: phrases('Calle Mayor N, Avenida de la Paz N, Calle del Sol N, Plaza Nueva N, Paseo del Río N'),
    postcode: '#####',
  },
  {
    code: 'IT',
    first: words('Alessia Bruno Chiara Davide Elisa Fabio Giulia Lorenzo Marta Niccolò Paola Riccardo Serena Tommaso'),
    last: words('Barbieri Bianchi Colombo Conti Esposito Ferrari Galli Marino Moretti Ricci Romano Santoro Vitale Zanetti'),
    cities: phrases('Roma, Milano, Torino, Bologna, Firenze, Napoli'),
    streets: phrases('Via Garibaldi N, Via Roma N, Corso Italia N, Viale dei Tigli N, Piazza Dante N'),
    postcode: '#####',
  },
  {
    code: 'PL',
    first: words('Agnieszka Bartosz Dorota Ewa Grzegorz Hanna Jakub Joanna Katarzyna Marek Piotr Tomasz Wojciech Zofia'),
    last: words('Dąbrowski Jankowska Kaczmarek Kowalczyk Kozak Lis Mazur Nowak Szymańska Urban Wójcik Wrona Zając Zieliński'),
    cities: phrases('Warszawa, Kraków, Poznań, Toruń, Lublin, Katowice'),
    streets: phrases('ul. Lipowa N, ul. Krótka N, ul. Ogrodowa N, ul. Mickiewicza N, ul. Polna N'),
    postcode: '##-###',
  },
  {
    code: 'NL',
    first: words('Anouk Bram Daan Eva Fenna Geert Jeroen Lieke Maarten Noor Pieter Renske Sander Zoë'),
    last: words('Bakker Bos Brouwer Dekker Dijkstra Hendriks Jansen Kuiper Mulder Peters Smit Visser Vos Willems'),
    cities: phrases('Amsterdam, Utrecht, Groningen, Leiden, Eindhoven, Zwolle'),
    streets: phrases('Dorpsstraat N, Kerkstraat N, Molenweg N, Prinsengracht N, Stationsplein N'),
    postcode: '#### KD',
  },
  {
    code: 'FI',
    first: words('Aino Antti Eero Elina Helmi Ilmari Jukka Kaisa Mikko Outi Päivi Säde Tuomas Väinö'),
    last: words('Heikkinen Hämäläinen Järvinen Koskinen Laine Lehtonen Mäkinen Nieminen Räsänen Saarinen Salo Tuominen Virtanen Ylönen'),
    cities: phrases('Helsinki, Tampere, Turku, Oulu, Jyväskylä, Kuopio'),
    streets: phrases('Koivukuja N, Rantatie N, Kirkkokatu N, Asemakatu N, Mäntytie N'),
    postcode: '#####',
  },
  {
    code: 'BR',
    first: words('Antônio Bruna Caio Débora Eduardo Flávia Gabriela Henrique João Letícia Marcelo Natália Otávio Thaís'),
    last: words('Almeida Araújo Barbosa Cardoso Carvalho Conceição Ferreira Gonçalves Lima Moreira Nascimento Ribeiro Teixeira Vieira'),
    cities: phrases('São Paulo, Recife, Salvador, Curitiba, Fortaleza, Belo Horizonte'),
    streets: phrases('Rua das Flores N, Avenida Brasil N, Rua São João N, Travessa do Porto N, Rua da Aurora N'),
    postcode: '#####-###',
  },
  {
    code: 'VN',
    first: words('Anh Hạnh Hiếu Hương Khánh Linh Minh Ngọc Phương Quang Sơn Thảo Trang Tuấn'),
    last: words('Bùi Cao Dương Hoàng Hồ Huỳnh Lê Lý Mai Ngô Nguyễn Phạm Trần Vũ'),
    cities: phrases('Hà Nội, Huế, Hải Phòng, Cần Thơ, Nha Trang, Vinh'),
    streets: phrases('N Lê Lợi, N Trần Phú, N Nguyễn Huệ, N Hai Bà Trưng, N Quang Trung'),
    postcode: '######',
  },
  {
    code: 'IN',
    first: words('Aarav Ananya Deepak Ishaan Kavya Lakshmi Manish Meera Nikhil Priya Rohan Sanjana Tara Vikram'),
    last: words('Banerjee Chatterjee Desai Gupta Iyer Joshi Kapoor Menon Mukherjee Nair Rao Sharma Singh Verma'),
    cities: phrases('Mumbai, Pune, Kolkata, Chennai, Jaipur, Bengaluru'),
    streets: phrases('N Mahatma Gandhi Road, N Park Street, N Station Road, N Lake View Road, N Temple Street'),
    postcode: '######',
  },
]
